package instrument

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// attach tells to which side an edit at the same offset belongs.
type attach int

const (
	after   attach = iota // an insertion that goes with the text to its left
	before                // an insertion that goes with the text to its right
	instead               // a replacement
)

type edit struct {
	from, to int
	text     string
	how      attach
	seq      int
}

// splicer gathers edits of one file's text. Edits are made for inner nodes
// first; the text of an outer node, read with its inner edits in it, may then
// become part of a replacement.
type splicer struct {
	src   []byte
	pos   *token.File
	edits []edit
	seq   int
}

func (s *splicer) offset(p token.Pos) int { return s.pos.Offset(p) }

func (s *splicer) add(e edit) {
	s.seq++
	e.seq = s.seq
	s.edits = append(s.edits, e)
}

// before inserts text in front of what begins at p.
func (s *splicer) before(p token.Pos, text string) {
	o := s.offset(p)
	s.add(edit{o, o, text, before, 0})
}

// after inserts text behind what ends at p.
func (s *splicer) after(p token.Pos, text string) {
	o := s.offset(p)
	s.add(edit{o, o, text, after, 0})
}

// replace puts text in the place of [a, b) and of all edits inside. Lines after
// it keep their numbers.
func (s *splicer) replace(a, b token.Pos, text string) {
	x, y := s.offset(a), s.offset(b)
	s.edits = slices.DeleteFunc(s.edits, func(e edit) bool {
		return e.from >= x && e.from < y && (e.from != x || e.how != after || x == y)
	})
	if strings.Contains(text, lineMark) || strings.Count(text, "\n") != bytes.Count(s.src[x:y], []byte("\n")) {
		text += s.mark(b)
	}
	s.add(edit{x, y, text, instead, 0})
}

const lineMark = "/*line :"

// mark says that what follows is at position p. If the code has line directives of
// its own, these take precedence.
func (s *splicer) mark(p token.Pos) string {
	at := s.pos.Position(p)
	return fmt.Sprintf("%s%d:%d*/", lineMark, at.Line, max(1, at.Column))
}

// text is the text of [a, b) with the edits so far.
func (s *splicer) text(a, b token.Pos) string { return s.render(s.offset(a), s.offset(b)) }

// original is the text of [a, b) as its author wrote it, on one line.
func (s *splicer) original(a, b token.Pos) string {
	return strings.Join(strings.Fields(string(s.src[s.offset(a):s.offset(b)])), " ")
}

// moved is the text of e, to be put elsewhere in home. It keeps its line.
func (s *splicer) moved(home ast.Node, e ast.Expr) string {
	return s.markIn(home, e.Pos()) + s.text(e.Pos(), e.End())
}

// markIn says that what follows, which is put elsewhere in home, is at position p. On one line
// there is no need.
func (s *splicer) markIn(home ast.Node, p token.Pos) string {
	if s.pos.Line(home.Pos()) == s.pos.Line(home.End()) {
		return ""
	}
	return s.mark(p)
}

// within reports whether an edit belongs to [x, y).
func (e edit) within(x, y int) bool {
	switch e.how {
	case after:
		return e.from > x && e.from <= y
	case before:
		return e.from >= x && e.from < y
	}
	return e.from >= x && e.to <= y
}

func (s *splicer) render(x, y int) string {
	var edits []edit
	for _, e := range s.edits {
		if e.within(x, y) {
			edits = append(edits, e)
		}
	}
	slices.SortFunc(edits, compareEdits)
	var out strings.Builder
	at := x
	for _, e := range edits {
		if e.from < at {
			continue
		}
		out.Write(s.src[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(s.src[at:y])
	return out.String()
}

// compareEdits orders edits as they appear: what belongs to the left first, and
// outer insertions outside of inner ones.
func compareEdits(a, b edit) int {
	switch {
	case a.from != b.from:
		return a.from - b.from
	case a.how != b.how:
		return int(a.how - b.how)
	case a.how == before:
		return b.seq - a.seq
	}
	return a.seq - b.seq
}
