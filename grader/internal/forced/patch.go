package forced

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// change is a line of a file that is replaced, or a line put in front of it.
type change struct {
	line   int // from 1 on
	insert string
	column int // where in the line to insert it, from 1 on; 0: as a line of its own
}

// label names a statement in calls and in the table of turns.
func label(s *statement) string {
	text := fmt.Sprintf("%s:%d", path.Base(s.source.name), s.from)
	if !s.begins() {
		text += fmt.Sprintf(":%d", s.column)
	}
	return text
}

// hooks puts a call in front of each statement at which a goroutine waits for its turn.
func hooks(s *source, at []*statement, helper string) (changes []change) {
	name := path.Base(helper)
	for _, stmt := range at {
		c := change{line: stmt.from, insert: fmt.Sprintf("%s.Wait(%q)", name, label(stmt))}
		if stmt.begins() {
			c.insert = s.lines[stmt.from-1][:stmt.column-1] + c.insert + "\n"
		} else {
			c.insert, c.column = c.insert+"; ", stmt.column
		}
		changes = append(changes, c)
	}
	if len(changes) > 0 {
		changes = append(changes, imported(s, helper))
	}
	slices.SortStableFunc(changes, func(a, b change) int { return a.line*1000 + a.column - b.line*1000 - b.column })
	return changes
}

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

// changed are a file's lines with the changes, which are sorted.
func changed(lines []string, changes []change) (text []string) {
	for _, h := range split(lines, changes) {
		text = append(text, h.new...)
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
	for i := range len(lines) + 1 {
		p := piece{}
		inserted := 0
		if i < len(lines) && lines[i] != "" { // the last line ends with a newline
			p.old, p.new = lines[i:i+1], []string{lines[i]}
		}
		for _, c := range changes {
			switch {
			case c.line != i+1:
				continue
			case c.column == 0:
				p.new = append(p.new[:len(p.new)-len(p.old)], append(strings.SplitAfter(strings.TrimSuffix(c.insert, "\n"), "\n"), p.new[len(p.new)-len(p.old):]...)...)
				for j := range len(p.new) - len(p.old) {
					p.new[j] = strings.TrimSuffix(p.new[j], "\n") + "\n"
				}
			default:
				at, last := c.column-1+inserted, len(p.new)-1
				p.new[last] = p.new[last][:at] + c.insert + p.new[last][at:]
				inserted += len(c.insert)
			}
			p.differs = true
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
