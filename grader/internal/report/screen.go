package report

import (
	"fmt"
	"path"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// Options say how to format a report on a terminal. The other formats do not use them,
// except for what HTML takes.
type Options struct {
	Width  int    // columns; 0 is 80
	Height int    // lines; 0 is 24, and so is less
	All    bool   // every test with every finding, however long that gets
	Grader string // how the grader was called; "" is go run ./grader
	// Keys is for the screen of `watch`: it names keys instead of commands, and Height is
	// all for the report.
	Keys bool
	// Next is the exercise to suggest after a pass; without an id there is none.
	Next kata.Exercise
	// Sources returns the text of a file that findings name, for HTML; nil or "" if it
	// is not known.
	Sources func(file string) string
}

// asWritten is how findings call the grader.
const asWritten = "go run ./grader"

const (
	minWidth    = 40
	minHeight   = 24
	belowHeight = 3   // lines for the prompt, for what `go run` says of the exit code, and one to spare
	maxProse    = 110 // columns: longer lines of prose are hard to read
	indent      = "  "
)

func (o Options) complete() Options {
	if o.Width == 0 {
		o.Width = 80
	}
	if o.Grader == "" {
		o.Grader = asWritten
	}
	least := minHeight
	if o.Keys {
		least -= belowHeight
	}
	o.Width, o.Height = max(o.Width, minWidth), max(o.Height, least)
	return o
}

// The screen's rules: colour says again what a word or a sign has said, so that
// nothing is lost without it. A line fits the screen unless it is a command to
// copy, and breaks between words.
var (
	plain = lipgloss.NewStyle()
	good  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad   = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	code  = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
)

// screen gathers lines.
type screen struct {
	Options
	lines []line
	need  need // of what is written next
}

// line is one line of output, and how much it is needed where there is little room.
type line struct {
	text string
	need need
}

// need is how much a line is needed. A crowded screen does without those that
// are needed least, one kind after the other, until the picture has its place.
type need int

const (
	always     need = iota
	aGap            // a line with nothing on it
	howItWas        // the circumstances of the grading
	inGeneral       // what a guard is, say
	whatItMean      // what the finding means: the picture shows it
	theLines        // the lines of code: the picture has them
	never           // no line: past the last kind
)

func (s *screen) line(format string, args ...any) {
	s.lines = append(s.lines, line{fmt.Sprintf(format, args...), s.need})
}

// gap writes a line with nothing on it.
func (s *screen) gap() { s.lines = append(s.lines, line{"", aGap}) }

// needed sets how much what fn writes is needed.
func (s *screen) needed(n need, fn func()) {
	before := s.need
	s.need = n
	fn()
	s.need = before
}

// kept is the text of lines without those of some kinds, the least needed ones.
func kept(lines []line, without need) (texts []string) {
	for _, l := range lines {
		if l.need == always || l.need > without {
			texts = append(texts, l.text)
		}
	}
	return texts
}

// wrapped writes text in lines that fit, each indented. Of a text with more
// lines than most it leaves out what stands before its last line: a message ends
// with what came of it. 0 is any number.
func (s *screen) wrapped(style lipgloss.Style, prefix, text string, most int) {
	if text == "" {
		return
	}
	width := min(s.Width, maxProse) - lipgloss.Width(prefix) - 1 // Uncommanding may add one
	lines := harmless.Wrap(text, width)
	if most > 0 && len(lines) > most {
		last := harmless.Cut(lines[most-1]+" …", s.Width-lipgloss.Width(prefix)-1)
		if most > 1 {
			last = ending(text, width)
		}
		lines = append(lines[:most-1:most-1], last)
	}
	for _, line := range lines {
		s.line("%s%s", prefix, style.Render(line))
	}
}

// ending is the last words of a text that fit in a line.
func ending(text string, width int) string {
	words := strings.Fields(text)
	line := ""
	for i := len(words) - 1; i >= 0; i-- {
		longer := strings.TrimSuffix(words[i]+" "+line, " ")
		if lipgloss.Width("… "+longer) > width {
			break
		}
		line = longer
	}
	if line == "" { // one long word
		return harmless.Cut(words[len(words)-1], width)
	}
	return "… " + line
}

// cut writes one line, and of what does not fit the beginning.
func (s *screen) cut(style lipgloss.Style, prefix, text string) {
	s.line("%s%s", prefix, style.Render(harmless.Cut(text, s.Width-lipgloss.Width(prefix)-1)))
}

// command writes a command to copy, in one line whatever its length, and as the
// grader was called.
func (s *screen) command(lead, command string) {
	if rest, ok := strings.CutPrefix(command, asWritten+" "); ok {
		command = s.Grader + " " + rest
	}
	s.line("%s%s", lead, code.Render(command))
}

// rows is how many rows of the terminal lines take: long ones take several.
func (s *screen) rows(lines []string) (n int) {
	for _, line := range lines {
		n += max(1, (lipgloss.Width(line)+s.Width-1)/s.Width)
	}
	return n
}

// headline writes what is most important about an exercise; its end moves to
// lines of its own if it does not fit.
func (s *screen) headline(v evidence.Verdict, name, points string, look lipgloss.Style, rest string) {
	head := fmt.Sprintf("%s %s  %s", mark(v), bold.Render(name), points)
	if rest == "" {
		s.line("%s", head)
		return
	}
	if lipgloss.Width(head)+2+lipgloss.Width(rest) < s.Width {
		s.line("%s  %s", head, look.Render(rest))
		return
	}
	s.line("%s", head)
	s.wrapped(look, indent, rest, 2)
}

func mark(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return good.Render("✓")
	case evidence.Skipped:
		return faint.Render("·")
	}
	return bad.Render("✗")
}

// spot is a line of source, with the parts that it has in a finding.
type spot struct {
	at, code string
	roles    []string
}

// spots gathers the places of a finding by line. Where goroutines were started
// is left out if it is enough to say where they meet.
func spots(places []evidence.Place, starts bool) (list []*spot) {
	by := map[string]*spot{}
	for _, p := range places {
		if !starts && strings.Contains(p.Role, "started here") {
			continue
		}
		at := path.Base(p.File)
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, p.Line)
		}
		if by[at] == nil {
			by[at] = &spot{at: at, code: p.Code}
			list = append(list, by[at])
		}
		by[at].roles = append(by[at].roles, p.Role)
	}
	return list
}

// spots writes lines of source, so many at most: a position, what stands there,
// and its parts in the finding.
func (s *screen) spots(prefix string, list []*spot, most int) {
	list = list[:min(len(list), most)]
	widest := 0
	for _, p := range list {
		widest = max(widest, lipgloss.Width(p.at))
	}
	for _, p := range list {
		at := prefix + p.at + strings.Repeat(" ", widest-lipgloss.Width(p.at))
		roles := joined(p.roles)
		free := s.Width - lipgloss.Width(at) - 2 - 3 - 1
		if s.All && lipgloss.Width(p.code+roles) > free { // there is room below
			s.wrapped(faint, at+"  ", roles, 0)
			s.cut(code, prefix+"  ", p.code)
			continue
		}
		quoted := harmless.Cut(p.code, max(free-lipgloss.Width(roles), free*2/5))
		roles = harmless.Cut(roles, free-lipgloss.Width(quoted))
		s.line("%s  %s   %s", at, code.Render(quoted), faint.Render(roles))
	}
}

// joined lists the parts of a line; two goroutines that do the same there are
// named together.
func joined(roles []string) string {
	if len(roles) == 2 {
		what, first, ok := strings.Cut(roles[0], " in goroutine ")
		if second, same := strings.CutPrefix(roles[1], what+" in goroutine "); ok && same {
			return fmt.Sprintf("%s in goroutines %s and %s", what, first, second)
		}
	}
	return strings.Join(roles, ", ")
}

// picture is the interleaving that a finding is about, drawn for this screen. A
// report from before findings kept it has only a text, which may not fit.
func (s *screen) picture(f evidence.Finding, prefix string, lines int) []string {
	return s.drawn(f, prefix, explored.Canvas{Lines: lines})
}

func (s *screen) drawn(f evidence.Finding, prefix string, c explored.Canvas) (drawn []string) {
	c.Columns, c.Color = s.Width-lipgloss.Width(prefix)-1, true
	if f.Explored == nil {
		for line := range strings.Lines(f.Picture) {
			drawn = append(drawn, harmless.Line(strings.TrimRight(line, "\n")))
		}
	} else {
		drawn = explored.Draw(*f.Explored, c)
	}
	for i, line := range drawn {
		drawn[i] = strings.TrimRight(prefix+line, " ")
	}
	return drawn
}

// height is how many rows a screen may take.
func (s *screen) height() int {
	if s.Keys {
		return s.Height
	}
	return s.Height - belowHeight
}
