package explored_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/explored/held"
)

var (
	files      = []string{"bank/bank.go", "bank/ledger.go", "bank/bank_test.go"}
	objects    = []string{"mu", "c.total", "account#1.mu", "account#2.mu", "queue.notEmpty"}
	operations = []string{"lock", "unlock", "rlock", "runlock", "read", "write", "memory", "send", "receive", "resume", "signal", "waitgroup add", "waitgroup wait", "atomic", "go", "start", "choose", "call"}
	sources    = []string{"x()", "a.mu.Lock()", "c.total++", "}", "if balance < amount { // a transfer must never overdraw the account that it comes from", ""}
)

// step is any step that a recorder may write.
func step(r *rand.Rand, goroutines int) explored.Step {
	s := explored.Step{
		Goroutine: between(r, 0, goroutines), Operation: oneOf(r, operations),
		Object: oneOf(r, objects), File: oneOf(r, files), Line: between(r, 1, 30),
		Source: oneOf(r, sources), Waited: (r.IntN(2) == 0), Switch: (r.IntN(2) == 0),
	}
	s.Plain = (s.Operation == "read" || s.Operation == "write") && (r.IntN(2) == 0)
	s.Waited = s.Waited && !s.Plain
	if r.IntN(2) == 0 {
		s.Wakes = []int{between(r, 0, goroutines)}
	}
	return s
}

// racing makes a trace's finding a race of two of its steps.
func racing(r *rand.Rand, t *explored.Test) {
	t.Verdict = explored.Race
	for len(t.Races) < 2 {
		i := r.IntN(len(t.Trace))
		s := &t.Trace[i]
		s.Operation = "write"
		if len(t.Races) == 1 && t.Races[0].Goroutine == explored.Name(s.Goroutine) {
			s.Goroutine = (s.Goroutine + 1) % 4
			if t.Races[0].Step == i+1 {
				return
			}
		}
		t.Races = append(t.Races, explored.Access{Operation: "write", Goroutine: explored.Name(s.Goroutine), Object: s.Object, File: s.File, Line: s.Line, Source: s.Source, Step: i + 1})
	}
}

// stuck makes it a deadlock or a leak of some of its goroutines.
func stuck(r *rand.Rand, t *explored.Test, goroutines int) {
	t.Verdict = oneOf(r, []explored.Verdict{explored.Deadlock, explored.Leak})
	n := between(r, 1, goroutines)
	for g := 1; g <= n; g++ {
		t.Waiting = append(t.Waiting, explored.Waiting{
			Goroutine: g, Operation: oneOf(r, []string{"lock", "rlock", "send", "receive", "cond wait", "waitgroup wait", explored.NilReceive}),
			Object: oneOf(r, objects), File: oneOf(r, files), Line: between(r, 1, 30),
			Source: oneOf(r, sources), HeldBy: between(r, -1, n),
		})
	}
}

func between(r *rand.Rand, from, to int) int { return from + r.IntN(to-from+1) }

func oneOf[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// generated is any finding that a recorder may write; the same for the same seed.
func generated(seed uint64) explored.Test {
	r := rand.New(rand.NewPCG(seed, 0))
	goroutines := between(r, 1, 4)
	test := explored.Test{Name: "TestX"}
	for range between(r, 2, 60) {
		test.Trace = append(test.Trace, step(r, goroutines))
	}
	if r.IntN(2) == 0 {
		racing(r, &test)
	} else {
		stuck(r, &test, goroutines)
	}
	test.Summary = explored.Summarise(test, "")
	return test
}

// Whatever was recorded, a picture has what the sentence names.
func TestGeneratedPicturesHoldWhatIsNamed(t *testing.T) {
	for seed := range uint64(600) {
		test := generated(seed)
		for _, columns := range []int{72, 78, 200} {
			picture := explored.Picture(test, columns)
			assertFits(t, picture, columns)
			require.Empty(t, held.Missing(test, picture), "seed %d at %d columns: %s\n%s", seed, columns, test.Summary, picture)
		}
	}
}
