package explored

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
)

// Options say how to format a report on a terminal.
type Options struct {
	Width int  // columns; 0 is 80
	Color bool // only on a terminal that wants it
}

const (
	defaultWidth = 80
	minWidth     = 40
	maxProse     = 110 // longer lines of prose are hard to read
	maxName      = 40  // columns for test names
	indent       = "    "
)

// screen gathers the lines of a report.
type screen struct {
	strings.Builder
	Options
	again Again
	sums  bool // what is set aside in tests that pass is told once, at the end
}

func (s *screen) line(spans ...span) {
	s.WriteString(line(spans).render(s.Color))
	s.WriteByte('\n')
}

// wrapped writes text in lines that fit, each indented.
func (s *screen) wrapped(l look, prefix, text string) {
	columns := min(s.Width, maxProse) - lipgloss.Width(prefix) - 1 // room for render's backslash
	for _, part := range wrapped(text, columns) {
		s.line(span{prefix, plain}, span{part, l})
	}
}

// WriteTerminal writes a report for people.
func WriteTerminal(w io.Writer, r Report, o Options) error {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	o.Width = max(o.Width, minWidth)
	r = bounded(r)
	doubts, doubtful := setAside(r)
	s := &screen{Options: o, again: r.Again, sums: doubtful > 1}
	for _, p := range r.Packages {
		s.pkg(p)
	}
	if s.Len() == 0 { // nothing has run: an error says why
		return nil
	}
	s.line()
	if s.sums {
		s.wrapped(faint, "", fmt.Sprintf("%s that pass have %s", count(doubtful, "test"), doubtNote(doubts)))
	}
	s.last(r)
	_, err := io.WriteString(w, s.String())
	return err
}

// setAside counts the failures that were set aside in tests that pass, and those tests.
func setAside(r Report) (failures, tests int) {
	for _, p := range r.Packages {
		for _, t := range p.Tests {
			if t.Verdict == Pass && t.Doubts > 0 {
				failures, tests = failures+t.Doubts, tests+1
			}
		}
	}
	return failures, tests
}

// last counts the tests, and says how to run the first finding again: of a long
// report, the last line is what is read.
func (s *screen) last(r Report) {
	p, t := failing(r)
	switch {
	case t == nil:
		s.wrapped(good, "", totals(r))
	case t.Schedule == "":
		s.wrapped(bad, "", totals(r))
	default:
		s.line(span{totals(r), bad}, span{"; again: ", plain}, span{s.again.replay(*p, t.Name, t.Schedule), code})
	}
}

// failing is the first test with a finding, one with a schedule if there is one.
func failing(r Report) (pkg *Package, test *Test) {
	for i, p := range r.Packages {
		for j, t := range p.Tests {
			if t.Verdict.Found() && (test == nil || test.Schedule == "" && t.Schedule != "") {
				pkg, test = &r.Packages[i], &p.Tests[j]
			}
		}
	}
	return pkg, test
}

func (s *screen) pkg(p Package) {
	s.line(span{cutLeft(safe(p.Package), s.Width), bold})
	if p.Reason == NoTests {
		s.line(span{"  no tests", faint})
		return
	}
	if p.Reason != "" {
		s.line(span{"? cannot be explored, because", warn})
		s.wrapped(warn, indent, sentence(p.Reason))
	}
	column, first := nameColumn(p), map[string]string{}
	for _, t := range p.Tests {
		cause := t.cause()
		if cause != "" && first[cause] == "" {
			first[cause] = t.Name
		}
		s.test(p, t, column, first[cause])
	}
	if len(p.NotExplored) > 0 {
		s.wrapped(faint, "  ", notExplored(p))
	}
}

func nameColumn(p Package) (columns int) {
	for _, t := range p.Tests {
		columns = max(columns, lipgloss.Width(safe(t.Name)))
	}
	return min(columns, maxName)
}

// test writes what came of a test. Another one before it may have the same cause.
func (s *screen) test(p Package, t Test, column int, first string) {
	sign, l := signOf(t.Verdict)
	s.headline(sign, l, padded(cut(safe(t.Name), s.Width-2), column), outcome(t))
	switch {
	case first != "" && first != t.Name:
		s.wrapped(plain, indent, "as in "+safe(first)+": "+sentence(t.Summary))
		if t.Schedule != "" {
			s.command(p, t.Name, t.Schedule)
		}
	case t.Verdict.Found():
		s.finding(p, t)
	case t.Verdict == Running, t.Verdict == Timing:
		s.wrapped(plain, indent, sentence(t.Summary))
		s.failedAt(t.FailedAt)
	}
	if s.sums && t.Verdict == Pass {
		t.Doubts = 0
	}
	for _, n := range notes(t) {
		s.wrapped(faint, indent, n)
	}
}

// headline puts what came of a test beside its name, or below if it is long.
func (s *screen) headline(sign string, l look, name, outcome string) {
	head := []span{{sign + " ", l}, {name, bold}}
	if 2+lipgloss.Width(name)+2+lipgloss.Width(outcome) <= s.Width {
		s.line(append(head, span{"  ", plain}, span{outcome, l})...)
		return
	}
	s.line(head...)
	s.wrapped(l, indent, outcome)
}

func signOf(v Verdict) (string, look) {
	switch {
	case v == Pass:
		return "✓", good
	case v.Found():
		return "✗", bad
	}
	if v == Skipped {
		return "–", warn
	}
	return "?", warn
}

// notes are what a reader has to know to trust a verdict.
func notes(t Test) (texts []string) {
	if t.Replays > 0 && !(t.Varies && t.Same == t.Replays) {
		texts = append(texts, replayed(t))
	}
	if t.Varies && t.Replays > 0 {
		texts = append(texts, "It ran other steps than when the schedule was found: the code has changed, or something in it is not under control.")
	} else if t.Varies {
		texts = append(texts, "A replay ran other steps: something here is not under control, such as a map with pointers as keys, hash/maphash, the real clock or the network.")
	}
	if t.Doubts > 0 {
		texts = append(texts, doubtNote(t.Doubts))
	}
	return texts
}

// replayed says how many replays ended alike.
func replayed(t Test) string {
	switch {
	case t.Same == t.Replays && t.Replays == 1:
		return "Replayed once: the same steps, to the same end."
	case t.Same == t.Replays:
		return fmt.Sprintf("Replayed %s times: each time the same steps, to the same end.", thousands(t.Replays))
	}
	return fmt.Sprintf("Replayed %s: %s ran the same steps, to the same end.", count(t.Replays, "time"), thousands(t.Same))
}

func doubtNote(failures int) string {
	return count(failures, "failure") + " set aside: each came after a timeout that fired, or a long sleep that ended, while goroutines could still run. --early-timeouts reports them."
}

// table is what the test shows below its message.
func (s *screen) table(t Test) {
	if t.Table == "" {
		return
	}
	for _, l := range tableLines(t, s.Width-len(indent)) {
		s.line(append(line{{indent, plain}}, l...)...)
	}
	s.line()
}

func (s *screen) finding(p Package, t Test) {
	if t.Story != "" {
		s.wrapped(plain, indent, sentence(t.Story))
		s.table(t)
	}
	s.wrapped(plain, indent, sentence(t.Summary))
	if t.Story == "" {
		s.table(t)
	}
	s.failedAt(t.FailedAt)
	pic, ok := pictureOf(t)
	if !pic.races { // else it shows both accesses
		for _, l := range accessLines(located(t.Races, t.Trace), s.Width-len(indent)) {
			s.line(append(line{{indent, plain}}, l...)...)
		}
	}
	if ok {
		s.line()
		s.wrapped(faint, "  ", pic.caption())
		for _, l := range pic.lines(s.Width - 2) {
			s.line(append(line{{"  ", plain}}, l...)...)
		}
		s.line()
	}
	if t.Schedule != "" {
		s.command(p, t.Name, t.Schedule)
	}
	if t.Left != nil {
		s.line()
		s.wrapped(plain, indent, sentence(besides(*t.Left)))
		s.command(p, t.Name, t.Left.Schedule)
	}
}

// command says how to run a schedule again.
func (s *screen) command(p Package, test, schedule string) {
	s.line(span{indent + "again: ", plain}, span{s.again.replay(p, test, schedule), code})
}

// failedAt shows the line that fails.
func (s *screen) failedAt(at *Place) {
	if at == nil {
		return
	}
	head := "at " + cutLeft(place(at.File, at.Line), s.Width-len(indent)-5) + "  "
	s.line(span{indent + head, plain}, span{cut(safe(trimmed(at.Source)), s.Width-len(indent)-lipgloss.Width(head)), code})
}

// accessLines shows the two sides of a race, one a line, in columns.
func accessLines(races []Access, columns int) (lines []line) {
	heads := [3][]string{}
	for _, a := range races {
		heads[0] = append(heads[0], cut(sentence(a.Operation), 14))
		heads[1] = append(heads[1], cut(sentence(a.Goroutine), 12))
		heads[2] = append(heads[2], cutLeft(place(a.File, a.Line), 24))
	}
	for i, a := range races {
		head := ""
		for _, texts := range heads {
			if w := widest(texts); w > 0 {
				head += padded(texts[i], w) + "  "
			}
		}
		head = cut(head, columns)
		lines = append(lines, line{{head, plain}, {cut(accessed(a), columns-lipgloss.Width(head)), code}})
	}
	return lines
}

func widest(texts []string) (columns int) {
	for _, t := range texts {
		columns = max(columns, lipgloss.Width(t))
	}
	return columns
}

// accessed is the source of an access, or else its function.
func accessed(a Access) string {
	if a.Source == "" && a.Function != "" {
		return "in " + sentence(a.Function)
	}
	return safe(trimmed(a.Source))
}
