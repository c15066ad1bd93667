package submission

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// checkText holds a file against the first of the rules.
func checkText(e kata.Exercise, name string, data []byte) []evidence.Finding {
	what, offset := textProblem(data)
	if what == "" {
		return nil
	}
	p := pass{exercise: e, name: name, source: data}
	at := p.place(offset)
	at.Code = "" // it would carry the character on into reports
	return []evidence.Finding{refusal(e, Rules[0], what, Rules[0].Why, Rules[0].Instead, at)}
}

// textProblem tells what keeps data from being read as it would be compiled,
// and at which byte. The bidi controls among the invisible characters are those
// of CVE-2021-42574; a BOM at the beginning is what Go allows.
func textProblem(data []byte) (what string, offset int) {
	for offset < len(data) {
		r, size := utf8.DecodeRune(data[offset:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fmt.Sprintf("hold bytes that are not UTF-8 (0x%02x)", data[offset]), offset
		case r == '\r' && !bytes.HasPrefix(data[offset:], []byte("\r\n")):
			return "hold a carriage return inside of a line (U+000D)", offset
		case invisible(r) && (r != '\ufeff' || offset > 0):
			return fmt.Sprintf("hold the invisible character U+%04X", r), offset
		}
		offset += size
	}
	return "", 0
}

// invisible reports whether a character does not show: controls but tab and line
// ends, format characters, separators of lines, the tags of plane 14, and the
// fillers of Hangul, which are letters, so that a name could consist of them.
func invisible(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r < 0x7f:
		return r < 0x20
	case r >= 0xE0000 && r <= 0xE007F:
		return true
	case r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
