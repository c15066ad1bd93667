package forced

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// turnsText is the package by which goroutines take turns.
//
//go:embed text/turns.txt
var turnsText string

// mode is how turns are told apart.
type mode bool

const (
	inBubble mode = true  // a turn begins when all other goroutines are blocked
	byTime   mode = false // a turn begins some time after the one before
)

// script is a test that runs another one in an order.
type script struct {
	pkg, test, name string // the package's name, the test, and the new test
	helper          string // import path of package turns
	plan            plan
	mode            mode
}

// text is the file of the test.
func (s script) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"testing\"\n", s.pkg)
	pauses := s.pauses()
	if pauses != "" {
		b.WriteString("\t\"time\"\n")
	}
	fmt.Fprintf(&b, "\n\t%q\n)\n\n", s.helper)
	fmt.Fprintf(&b, "// %s runs %s in an order that breaks it.\nfunc %s(t *testing.T) {\n", s.name, s.test, s.name)
	fmt.Fprintf(&b, "\tturns.Run(t, turns.Order{\n\t\tTurns: map[string][]int{\n%s\t\t},\n%s", s.table(), pauses)
	if s.mode == inBubble {
		b.WriteString("\t\tBubble: true,\n")
	}
	fmt.Fprintf(&b, "\t}, %s)\n}\n", s.test)
	return strings.ReplaceAll(b.String(), "turns.", path.Base(s.helper)+".")
}

// table lists the turns by place.
func (s script) table() (text string) {
	for _, at := range s.plan.places() {
		var numbers []string
		for _, n := range s.plan.at(at) {
			numbers = append(numbers, fmt.Sprint(n))
		}
		text += fmt.Sprintf("\t\t\t%q: {%s},\n", label(at), strings.Join(numbers, ", "))
	}
	return text
}

func (s script) pauses() (text string) {
	for i, t := range s.plan.turns {
		if t.pause > 0 {
			text += fmt.Sprintf("\t\t\t%d: %s,\n", i+1, duration(t.pause))
		}
	}
	if text == "" {
		return ""
	}
	return "\t\tPauses: map[int]time.Duration{\n" + text + "\t\t},\n"
}

// duration is Go code.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}} {
		if d%unit.size == 0 {
			return fmt.Sprintf("%d * time.%s", d/unit.size, unit.name)
		}
	}
	return fmt.Sprint(int64(d))
}

// places are the statements at which goroutines wait, in the order of their turns.
func (p plan) places() (list []spot) {
	for _, t := range p.turns {
		if !slices.Contains(list, t.at) {
			list = append(list, t.at)
		}
	}
	return list
}

// at is the turn of each goroutine that comes to a statement, as far as one waits.
func (p plan) at(s spot) (numbers []int) {
	for i, t := range p.turns {
		if t.at != s {
			continue
		}
		for len(numbers) <= t.arrival {
			numbers = append(numbers, 0)
		}
		numbers[t.arrival] = i + 1
	}
	return numbers
}
