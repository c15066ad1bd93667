package forced

import (
	"cmp"
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// change is text that is put into a file, and takes the place of what is there.
type change struct {
	line   int // from 1 on
	column int // from 1 on; 0: in front of the line, as lines of their own
	cut    int // how much is replaced, in bytes
	insert string
}

// label names a place in calls and in the table of turns.
func label(s spot) string {
	text := fmt.Sprintf("%s:%d", path.Base(s.source.name), s.from)
	if !s.begins() {
		text += fmt.Sprintf(":%d", s.column)
	}
	if s.side == middle {
		text += " assigns"
	}
	return text
}

// hooks puts a call at each place at which a goroutine waits for its turn.
func hooks(s *source, at []spot, helper string) (changes []change) {
	for _, place := range at {
		call := fmt.Sprintf("%s.Wait(%q)", path.Base(helper), label(place))
		switch {
		case place.side == after:
			changes = append(changes, started(place, path.Base(helper)+".Started()"))
		case place.side == middle:
			changes = append(changes, divided(place, call))
		case place.begins():
			changes = append(changes, change{line: place.from, insert: place.indent() + call + "\n"})
		default:
			changes = append(changes, change{line: place.from, column: place.column, insert: call + "; "})
		}
	}
	changes = append(changes, imported(s, helper))
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column), cmp.Compare(a.cut, b.cut))
	})
	return changes
}

// started puts a call after a statement.
func started(place spot, call string) change {
	if place.begins() {
		return change{line: place.to + 1, insert: place.indent() + call + "\n"}
	}
	end := place.source.positions.Position(place.node.End())
	return change{line: end.Line, column: end.Column, insert: "; " + call}
}

// divided divides an assignment, and puts a call in the middle.
func divided(place spot, call string) change {
	left, right, _ := place.halves() // a place in the middle has them
	name := "value"
	for strings.Contains(left+right, name) {
		name += "s"
	}
	parts := []string{name + " := " + right, call, left + " = " + name}
	text := "{ " + strings.Join(parts, "; ") + " }"
	if place.begins() {
		next := "\n" + place.indent()
		text = "{" + next + "\t" + strings.Join(parts, next+"\t") + next + "}"
	}
	return change{line: place.from, column: place.column, cut: int(place.node.End() - place.node.Pos()), insert: text}
}

// indent is what is in front of a statement that is the first thing on its line.
func (s *statement) indent() string { return s.source.lines[s.from-1][:s.column-1] }

// imported adds an import to a file.
func imported(s *source, helper string) change {
	for _, d := range slices.Backward(s.file.Decls) {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok.String() == "import" && g.Rparen.IsValid() {
			return change{line: s.line(g.Rparen), insert: "\n\t" + strconv.Quote(helper) + "\n"}
		}
	}
	after := s.line(s.file.Name.End())
	for _, i := range s.file.Imports {
		after = s.line(i.End())
	}
	return change{line: after + 1, insert: "\nimport " + strconv.Quote(helper) + "\n"}
}

// changed is the text of a file after the changes.
func changed(pieces []piece) (text string) {
	for _, p := range pieces {
		text += strings.Join(p.new, "")
	}
	return text
}

// piece is a part of a file, before and after a change. If nothing is changed they are
// the same.
type piece struct {
	old, new []string
	differs  bool
}

func split(lines []string, changes []change) (pieces []piece) {
	for i, line := range lines {
		p := piece{}
		if line != "" { // the last line ends with a newline
			p.old = lines[i : i+1]
		}
		moved := 0
		for _, c := range changes {
			switch {
			case c.line != i+1:
				continue
			case c.column == 0:
				p.new = append(p.new, strings.SplitAfter(strings.TrimSuffix(c.insert, "\n"), "\n")...)
				p.new[len(p.new)-1] += "\n"
			default:
				at := c.column - 1 + moved
				line = line[:at] + c.insert + line[at+c.cut:]
				moved += len(c.insert) - c.cut
			}
			p.differs = true
		}
		if line != "" {
			p.new = append(p.new, strings.SplitAfter(strings.TrimSuffix(line, "\n"), "\n")...)
			p.new[len(p.new)-1] += line[len(strings.TrimSuffix(line, "\n")):]
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// around is how many unchanged lines a diff shows around a change.
const around = 3

// diff is a unified diff of a file, in the form that git writes.
func diff(name string, pieces []piece) string {
	var b strings.Builder
	fmt.Fprintf(&b, "diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n", name, name, name, name)
	oldLine, newLine := 1, 1
	for i := 0; i < len(pieces); {
		end := hunk(pieces, i)
		if end == i {
			oldLine, newLine, i = oldLine+len(pieces[i].old), newLine+len(pieces[i].new), i+1
			continue
		}
		text, olds, news := "", 0, 0
		for _, p := range pieces[i:end] {
			text += p.text()
			olds, news = olds+len(p.old), news+len(p.new)
		}
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n%s", oldLine, olds, newLine, news, text)
		oldLine, newLine, i = oldLine+olds, newLine+news, end
	}
	return b.String()
}

// hunk is where the hunk that begins at a piece ends; the same if none begins there.
func hunk(pieces []piece, from int) int {
	differs := func(p piece) bool { return p.differs }
	end := from
	for {
		next := slices.IndexFunc(pieces[end:min(end+2*around+1, len(pieces))], differs)
		if end == from { // the first change has only the lines in front of it
			next = slices.IndexFunc(pieces[end:min(end+around+1, len(pieces))], differs)
		}
		if next < 0 {
			break
		}
		end += next + 1
	}
	if end == from {
		return from
	}
	return min(end+around, len(pieces))
}

func (p piece) text() (text string) {
	prefixed := func(sign string, lines []string) {
		for _, l := range lines {
			text += sign + l
			if !strings.HasSuffix(l, "\n") {
				text += "\n\\ No newline at end of file\n"
			}
		}
	}
	added := len(p.new) - len(p.old)
	switch {
	case !p.differs:
		prefixed(" ", p.old)
	case added >= 0 && slices.Equal(p.new[added:], p.old):
		prefixed("+", p.new[:added])
		prefixed(" ", p.old)
	default:
		prefixed("-", p.old)
		prefixed("+", p.new)
	}
	return text
}

// added is the diff of a file that is new.
func added(name, text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	return fmt.Sprintf("diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n+%s\n", name, name, name, len(lines), strings.Join(lines, "+"))
}
