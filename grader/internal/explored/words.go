package explored

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/harmless"
)

// Name is what a goroutine is called: "test" runs the test, others are
// numbered in the order in which they were started.
func Name(goroutine int) string {
	if goroutine == 0 {
		return "test"
	}
	return "g" + strconv.Itoa(goroutine)
}

// order is that of the totals; words are what people read.
var verdictWords = []struct {
	verdict Verdict
	words   string
}{
	{Pass, "pass"}, {Race, "race"}, {Wrong, "wrong result"}, {Panic, "panic"}, {Deadlock, "deadlock"},
	{Leak, "leak"}, {Running, "still running"}, {Timing, "depends on time"}, {Unexplorable, "cannot be explored"},
	{Skipped, "skipped"},
}

func (v Verdict) words() string {
	for _, w := range verdictWords {
		if w.verdict == v {
			return w.words
		}
	}
	return safe(string(v))
}

// outcome says what came of a test, in one line.
func outcome(t Test) string {
	switch t.Verdict {
	case Pass:
		return covered(t)
	case Unexplorable:
		return "cannot be explored, because " + sentence(t.Summary)
	case Skipped:
		return sentence("skipped: " + t.Summary)
	case Running:
		return "still running, a doubt"
	case Timing:
		return "depends on time, a doubt"
	}
	text := fmt.Sprintf("%s, schedule %s", t.Verdict.words(), thousands(cmp.Or(t.Number, t.Schedules)))
	if t.Number > 0 {
		text += " of " + thousands(t.Schedules)
	}
	if t.Stall != "" {
		text += ", if the machine stalls for " + safe(t.Stall)
	}
	return text
}

// covered says which schedules of a test pass.
func covered(t Test) string {
	switch {
	case t.Different > 0:
		return different(t)
	case t.Only:
		return "pass, its only schedule"
	case t.Exhausted == nil:
		return "pass, " + count(t.Schedules, "schedule")
	}
	most := "without a delay"
	if *t.Exhausted > 0 {
		most = "with at most " + count(*t.Exhausted, "delay")
	}
	details := count(t.Schedules, "run")
	if t.Drawn {
		details += "; one draw"
	}
	return fmt.Sprintf("all schedules %s pass (%s)", most, details)
}

// different says how many different schedules there are.
func different(t Test) string {
	text := fmt.Sprintf("all %s pass", count(t.Different, "different interleaving"))
	if t.Different == 1 {
		text = "the only interleaving passes"
	}
	if t.Drawn {
		text += " (with every select choice; one draw)"
	}
	return text
}

// totals counts the tests by verdict, and the packages that could not be explored.
func totals(r Report) string {
	counts, stalls, tests, closed := map[Verdict]int{}, map[Verdict]int{}, 0, 0
	for _, p := range r.Packages {
		if p.Reason != "" && p.Reason != NoTests {
			closed++
		}
		for _, t := range p.Tests {
			counts[t.Verdict]++
			if t.Stall != "" {
				stalls[t.Verdict]++
			}
			tests++
		}
	}
	var parts []string
	for _, w := range verdictWords {
		n, late := counts[w.verdict], stalls[w.verdict]
		switch {
		case n > 0 && late > 0:
			parts = append(parts, fmt.Sprintf("%s %s (%s only if the machine stalls)", thousands(n), w.words, thousands(late)))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%s %s", thousands(n), w.words))
		}
	}
	text := count(tests, "test")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if closed > 0 {
		text += "; " + count(closed, "package") + " cannot be explored"
	}
	return text
}

// notExplored says what is not explored in a package.
func notExplored(p Package) string { return "not explored: " + p.untested() }

// Untested says that a report has no tests, and what there is instead.
func (r Report) Untested() string {
	var all Package
	for _, p := range r.Packages {
		all.NotExplored = append(all.NotExplored, p.NotExplored...)
	}
	if all.NotExplored == nil {
		return "there are no tests"
	}
	return "there are no tests, only " + all.untested()
}

// untested counts a package's fuzz tests and examples.
func (p Package) untested() string {
	fuzz := 0
	for _, name := range p.NotExplored {
		if strings.HasPrefix(name, "Fuzz") {
			fuzz++
		}
	}
	var parts []string
	if fuzz > 0 {
		parts = append(parts, count(fuzz, "fuzz test"))
	}
	if n := len(p.NotExplored) - fuzz; n > 0 {
		parts = append(parts, count(n, "example"))
	}
	return strings.Join(parts, " and ")
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return thousands(n) + " " + what
}

// thousands writes 1000 as 1,000.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// place is a position as people read it: the file's name and the line.
func place(file string, line int) string {
	if file == "" {
		return ""
	}
	return safe(path.Base(file)) + ":" + strconv.Itoa(line)
}

// listed joins names: "g1, g2 and g3".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// replay is the command that runs a schedule of a test again.
func (a Again) replay(p Package, test, schedule string) string {
	if !strings.HasPrefix(schedule, test+"@") && !strings.HasPrefix(schedule, test+"/") {
		schedule = test + "@" + schedule
	}
	return a.command("replay", a.Flags, p, quoted(harmless.Line(schedule)))
}

// play is the command that plays a test.
func (a Again) play(p Package, test string) string {
	return a.command("play", nil, p, word(safe(test)))
}

func (a Again) command(verb string, flags []string, p Package, last string) string {
	words := []string{safe(a.Grader), verb}
	if a.Grader == "" {
		words[0] = "grader"
	}
	for _, flag := range flags {
		words = append(words, word(harmless.Line(flag)))
	}
	dir := safe(p.Dir)
	switch {
	case dir == "":
		dir = "."
	case strings.HasPrefix(dir, "-"):
		dir = "./" + dir // not an option
	}
	return strings.Join(append(words, word(dir), last), " ")
}

// word is a word of a shell's, in quotes where it needs them.
func word(text string) string {
	if strings.ContainsFunc(text, unusual) {
		return quoted(text)
	}
	return text
}

// unusual reports whether a character may mean something to a shell.
func unusual(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !slices.Contains([]rune("./_-="), r)
}

// quoted is one word of a shell's.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
