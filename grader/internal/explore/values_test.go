package explore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

const valuesProgram = `package x

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type loud int

func (loud) String() string { panic("called by the explorer") }

type thing struct {
	n     int
	f     float64
	ok    bool
	name  string
	list  []int
	m     map[string]int
	p     *thing
	err   error
	wait  time.Duration
	noisy loud
	pair  struct{ a, b int }
	a     atomic.Int64
	b     atomic.Bool
	mu    sync.Mutex
}

func fail() error { return errors.New("no") }

var calls int

func next() int { calls++; return calls }

func TestValues(t *testing.T) {
	x := &thing{m: map[string]int{}}
	one, text := 1, "a text that is longer than what is shown of it"
	var group sync.WaitGroup
	ch := make(chan int, 1)
	never, later := make(chan int), make(chan string, 1)
	group.Go(func() {
		x.n++          // read 0, write 1
		x.n += 2       // read 1, write 3
		x.n = one      // read 1, write 1
		x.f = 1.5      // write 1.5
		x.ok = x.n > 0 // read 1, write true
		x.name = "b"   // write "b"
		x.name = text  // read "a text that is longer th"…, write "a text that is longer th"…
		x.list = append(x.list, 1, 2) // read nil, write len 2, write len 2
		x.m["k"] = x.n + 1 // read 1, write 2
		x.p = x        // read not nil, write not nil
		x.p = nil      // write nil
		x.err = fail() // call -, write not nil
		x.wait = time.Second // write 1s
		x.noisy = loud(one) // read 1, write 1, write 1
		x.pair.a = 7   // write 7
		x.n = next()   // call -, write 1
		if x.n == 1 && x.p == nil { // read 1, read nil
			x.a.Store(5) // atomic 5
		}
		x.a.Add(2)   // atomic 7 Add() → 7
		x.a.Swap(4)  // atomic 4 Swap() → 7
		x.a.CompareAndSwap(4, 9) // atomic 9 CompareAndSwap() → true
		x.a.CompareAndSwap(4, 9) // atomic - CompareAndSwap() → false
		_ = x.b.Load() // atomic false Load() → false
		x.mu.TryLock() // trylock - TryLock() → true
		ch <- x.n    // read 1, send -  sends 1
		<-ch         // receive - → 1
		close(ch)    // close -
		<-ch         // receive - → closed
		x.n = next() + x.n // read -, write 3, write 3
		select { // select - → case n, ok := <-ch receives closed
		case n, ok := <-ch:
			_, _ = n, ok
		case <-never:
		}
		select { // select - → default
		case one := <-never:
			_ = one
		default:
		}
		select { // select - → case later <- "a, b" sends "a, b"
		case <-never:
		case later <- "a, b":
		}
		soon := time.After(time.Second)
		select { // select -, resume - → case <-soon
		case <-never:
		case <-soon:
		}
	})
	group.Wait()
}
`

// Each line's steps tell what the code has read, written and been returned, as the comment
// behind it says: operation and value, and what a call has returned.
func TestValuesAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n\ngo 1.25\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x_test.go"), []byte(valuesProgram), 0o600))
	s, err := Prepare(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Budget: Normal, Processors: 1})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	g, err := s.Game("TestValues")
	require.NoError(t, err)
	end, err := g.Finish(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, explored.Pass, end.Test.Verdict, end.Test.Summary)
	told := map[int][]string{}
	for _, step := range end.Test.Trace {
		if step.Goroutine == 1 && step.Operation != "start" && (step.Object != "x" && step.Object != "ch" || !step.Plain) {
			told[step.Line] = append(told[step.Line], strings.TrimSpace(step.Operation+" "+orDash(step.Value)+" "+step.Returned+passed(step)))
		}
	}
	for i, line := range strings.Split(valuesProgram, "\n") {
		if _, want, ok := strings.Cut(line, " // "); ok {
			assert.Equal(t, want, strings.Join(told[i+1], ", "), line)
		}
	}
}

// passed is what a step has sent, or has received in a select.
func passed(s explored.Step) (text string) {
	if s.Sent != "" {
		text += " sends " + s.Sent
	}
	if s.Received != "" {
		text += " receives " + s.Received
	}
	return text
}

func orDash(value string) string {
	if value == "" {
		return "-"
	}
	return value
}
