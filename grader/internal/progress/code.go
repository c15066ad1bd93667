package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/scanner"
	"go/token"
	"hash"
	"maps"
	"slices"
)

// codeBytes is how much of a hash is kept: enough to tell a learner's versions
// apart, and little enough for a line of the file.
const codeBytes = 8

// Code names what a compiler makes of Go files, which are given by their names:
// files that differ in comments and formatting alone have the same code.
func Code(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "\x00%s\x00", name)
		writeTokens(h, files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:codeBytes])
}

// lexeme is a token and its text, where that matters.
type lexeme struct {
	token token.Token
	text  string
}

// writeTokens writes the tokens of a file, valid Go or not. Left out are the
// semicolons and commas that formatting puts before a closing bracket.
func writeTokens(h hash.Hash, source []byte) {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", -1, len(source)), source, func(token.Position, string) {}, 0)
	var held *lexeme
	for {
		_, tok, text := s.Scan()
		if held != nil && !closes(tok) {
			write(h, *held)
		}
		held = nil
		switch tok {
		case token.EOF:
			return
		case token.SEMICOLON, token.COMMA: // whether it was typed or is the end of a line
			held = &lexeme{token: tok}
		default:
			write(h, lexeme{tok, text})
		}
	}
}

func closes(tok token.Token) bool {
	return slices.Contains([]token.Token{token.RPAREN, token.RBRACK, token.RBRACE, token.EOF}, tok)
}

func write(h hash.Hash, l lexeme) { fmt.Fprintf(h, "%d %q\n", l.token, l.text) }
