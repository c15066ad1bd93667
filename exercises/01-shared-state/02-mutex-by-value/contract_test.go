package mutexbyvalue_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"heisenkata/exercises/01-shared-state/02-mutex-by-value"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// journals is the number of journals. What happens to one does not affect the other.
const journals = 2

// prefixes are how the lines of a journal's loggers begin.
var prefixes = [...]string{"", "cart: ", "cart: coupons: ", "billing: "}

// A shop has the loggers of each journal.
type shop struct {
	loggers [journals][len(prefixes)]*mutexbyvalue.Logger
	files   [journals]*file
}

// state is what each journal has, and which of them a line is being written to.
type state struct {
	busy [journals]bool
	last [journals]int64
	text [journals]string
}

type (
	call    = contract.Call[*shop, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*shop, state]
)

// A line is what one call writes, and how its Write ends.
type line struct {
	err     error
	moments contract.Moments
	begun   bool
}

// A file takes one line at a time, as files do. Its lines are known by what follows their
// number, and no two are equal.
type file struct {
	journal int
	text    string
	lines   map[written]*line
}

// written is what a call of Log writes to a journal, without its number.
type written struct {
	journal int
	text    string
}

func (f *file) Write(p []byte) (int, error) {
	_, text, _ := strings.Cut(string(p), " ")
	l := f.lines[written{f.journal, strings.TrimSuffix(text, "\n")}]
	if l == nil {
		f.text += fmt.Sprintf("(a Write of %q, which is not a line)", p)
		return len(p), nil
	}
	if !l.begun {
		l.begun = true
		l.moments.Next("Write")
	}
	if l.err != nil {
		return 0, l.err
	}
	f.text += string(p)
	return len(p), nil
}

// What each call does when no other call is running.
func logging() contract.Contract[*shop, state] {
	d := drawer{lines: map[written]*line{}}
	return contract.Contract[*shop, state]{
		Blocks: true,
		New:    d.shop,
		Calls:  []draw{d.log, d.log, d.logWith, with},
		Last:   []draw{d.log, d.log, texts},
		Waits:  true,
	}
}

// A drawer draws calls, and knows the lines that they write.
type drawer struct{ lines map[written]*line }

func (d *drawer) shop(r *rand.Rand) (*shop, state) {
	m, s := &shop{}, state{}
	for j := range journals {
		s.last[j] = someNumber(r)
		m.files[j] = &file{journal: j, lines: d.lines}
		shop := mutexbyvalue.New(m.files[j], s.last[j])
		cart := shop.With("cart")
		m.loggers[j] = [...]*mutexbyvalue.Logger{shop, cart, cart.With("coupons"), shop.With("billing")}
	}
	return m, s
}

// log waits while another line is being written to the same journal.
func (d *drawer) log(r *rand.Rand) call {
	j, i := r.IntN(journals), r.IntN(len(prefixes))
	return d.writes(r, j, fmt.Sprintf("journal %d: %q.Log", j+1, prefixes[i]), prefixes[i],
		func(m *shop) *mutexbyvalue.Logger { return m.loggers[j][i] })
}

// logWith logs through a logger that is made for this line.
func (d *drawer) logWith(r *rand.Rand) call {
	j, i := r.IntN(journals), r.IntN(len(prefixes))
	return d.writes(r, j, fmt.Sprintf("journal %d: %q.With(\"card\").Log", j+1, prefixes[i]), prefixes[i]+"card: ",
		func(m *shop) *mutexbyvalue.Logger { return m.loggers[j][i].With("card") })
}

func (d *drawer) writes(r *rand.Rand, j int, name, prefix string, logger func(*shop) *mutexbyvalue.Logger) call {
	text := d.someText(r, j, prefix)
	l := &line{}
	if r.IntN(4) == 0 {
		l.err = []error{life.Failure("disk full"), life.Known(r)}[r.IntN(2)]
		name += " to a full disk"
	}
	d.lines[written{j, prefix + text}] = l
	return call{
		Name: fmt.Sprintf("%s(%q)", name, text),
		Slow: true,
		Do: func(m *shop, moments contract.Moments) any {
			l.moments = moments
			return outcomeOf(logger(m).Log(text), l.err)
		},
		Steps: []step{begins(j), ends(j, prefix+text, l.err)},
	}
}

// someText is a text that no other call with this prefix writes to the journal. It may be empty.
func (d *drawer) someText(r *rand.Rand, j int, prefix string) string {
	if d.lines[written{j, prefix}] == nil && r.IntN(12) == 0 {
		return ""
	}
	begin := "order"
	if r.IntN(3) == 0 {
		begin = life.Word(r)
	}
	return fmt.Sprintf("%s #%d", begin, len(d.lines)+1)
}

// outcomeOf tells what Log returned, if Write returned want.
func outcomeOf(got, want error) string {
	switch {
	case got == nil:
		return "nil"
	case want != nil && errors.Is(got, want):
		return "the error of Write"
	default:
		return "an error that Write has not returned"
	}
}

func begins(j int) step {
	return func(s state) []outcome {
		if s.busy[j] {
			return nil
		}
		s.busy[j] = true
		return []outcome{{Out: "Write", After: s}}
	}
}

func ends(j int, text string, err error) step {
	return func(s state) []outcome {
		s.busy[j] = false
		if err != nil {
			return []outcome{{Out: "the error of Write", After: s}}
		}
		s.last[j]++
		s.text[j] += fmt.Sprintf("%d %s\n", s.last[j], text)
		return []outcome{{Out: "nil", After: s}}
	}
}

// with never waits, whatever is being written.
func with(r *rand.Rand) call {
	j, i := r.IntN(journals), r.IntN(len(prefixes))
	return call{
		Name: fmt.Sprintf("journal %d: %q.With(\"card\")", j+1, prefixes[i]),
		Do: func(m *shop, _ contract.Moments) any {
			m.loggers[j][i].With("card")
			return nil
		},
		Steps: []step{func(s state) []outcome { return []outcome{{After: s}} }},
	}
}

// texts are those of the journals when all other calls have returned.
func texts(*rand.Rand) call {
	return call{
		Name: "the journals",
		Do: func(m *shop, _ contract.Moments) any {
			all := make([]string, journals)
			for j, f := range m.files {
				all[j] = f.text
			}
			return all
		},
		Steps: []step{func(s state) []outcome { return []outcome{{Out: s.text[:], After: s}} }},
	}
}

// One goroutine, with more calls than any special case in a fix would cover.
func TestOneLineAfterTheOther(t *testing.T) {
	calls := 60
	if oracle.Large(t) {
		calls = 700
	}
	contract.Check(t, logging(), contract.Shape{Before: calls})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, logging(), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, logging(), contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// A line stays in a slow Write until the other goroutines are done: they use the other
// journal, or make loggers.
func TestScheduleSlowJournal(t *testing.T) {
	contract.Check(t, logging(), contract.Shape{Before: 1, Goroutines: 3, Calls: 2, Hold: true})
}

// Two journals have nothing to do with each other.
func TestTwoJournals(t *testing.T) {
	contract.Apart(t, logging())
}
