package mutate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/mutate"
)

// Each operator makes of a line what it says.
func TestOperators(t *testing.T) {
	for _, c := range []struct{ body, operator, want string }{
		{"mu.Lock(); n++; mu.Unlock()", "critical section removed", "n++"},
		{"mu.Lock(); defer mu.Unlock(); n++; m++; return", "critical section shortened", "mu.Lock(); n++; mu.Unlock(); m++; return"},
		{"mu.Lock(); n++; m++; mu.Unlock()", "critical section split", "mu.Lock(); n++; mu.Unlock(); mu.Lock(); m++; mu.Unlock()"},
		{"mu.Lock(); defer mu.Unlock(); n++", "RLock for Lock", "mu.RLock(); defer mu.RUnlock(); n++"},
		{"mu.Lock(); n++; mu.Unlock()", "statements exchanged", "mu.Lock(); mu.Unlock(); n++"},
		{"mu.Lock(); defer mu.Unlock(); n++", "defer dropped", "mu.Lock(); mu.Unlock(); n++"},
		{"mu.Lock(); n++; mu.Unlock()", "Unlock removed", "mu.Lock(); n++"},
		{"cond.Broadcast()", "Signal for Broadcast", "cond.Signal()"},
		{"cond.Signal()", "Broadcast for Signal", "cond.Broadcast()"},
		{"for n == 0 { cond.Wait() }", "if for for", "if n == 0 { cond.Wait() }"},
		{"ch := make(chan int, n); _ = ch", "other capacity", "ch := make(chan int); _ = ch"},
		{"ch := make(chan int); _ = ch", "other capacity", "ch := make(chan int, 1); _ = ch"},
		{"close(ch)", "close removed", ""},
		{"defer cancel()", "cancel removed", "_ = cancel"},
		{"group.Add(1); go func() { f() }()", "Add moved into the goroutine", "go func() { group.Add(1); f() }()"},
		{"ch <- 1", "send removed", ""},
		{"go f()", "goroutine made a call", "f()"},
		{"group.Go(f)", "goroutine made a call", "(f)()"},
		{"group.Go(f)", "goroutine not waited for", "go (f)()"},
		{"x.f()", "call made a goroutine", "go x.f()"},
		{"v.Add(2)", "Add in two steps", "v.Store(v.Load() + 2)"},
		{"select { case <-a: case <-b: }", "select case removed", "select { case <-b: }"},
		{"select { case <-a: }", "default added", "select { case <-a: default: }"},
		{"return append([]int(nil), list...)", "copy dropped", "return list"},
		{"return slices.Clone(list)", "copy dropped", "return list"},
	} {
		mutants, err := mutate.Of([]byte("package p\n\nfunc f() {\n" + c.body + "\n}\n"))
		require.NoError(t, err, c.body)
		var made []string
		for _, m := range mutants {
			if m.Operator == c.operator {
				made = append(made, flat(string(m.Source)))
			}
		}
		assert.Contains(t, made, flat("package p\n\nfunc f() {\n"+c.want+"\n}\n"), "%s of %s", c.operator, c.body)
	}
}

// What no caller can tell from the fix is no mutant, and what looks alike is one.
func TestNoMutantThatIsAlike(t *testing.T) {
	for _, c := range []struct {
		body, operator string
		want           int
	}{
		{"mu.Lock(); n++; cond.Broadcast(); mu.Unlock()", "statements exchanged", 1}, // of Lock and n++ alone
		{"mu.Lock(); defer mu.Unlock(); for { n++; cond.Signal() }", "statements exchanged", 0},
		{"mu.Lock(); defer mu.Unlock(); go func() { n++; cond.Signal() }()", "statements exchanged", 1},
		{"n++; cond.Signal()", "statements exchanged", 1},
		{"mu.Lock(); defer mu.Unlock(); for { <-ch; cond.Signal() }", "statements exchanged", 1},
		{"mu.Lock(); defer mu.Unlock(); for { cond.Wait(); cond.Signal() }", "statements exchanged", 1},
		{"n++; mu.Unlock(); cond.Broadcast()", "statements exchanged", 1},
		{"n++; mu.Unlock(); cond.Signal()", "statements exchanged", 2},

		{"mu.Lock(); defer mu.Unlock(); x := n; return x", "critical section shortened", 0},
		{"mu.Lock(); defer mu.Unlock(); x := n; n = 0; cond.Broadcast(); return x", "critical section shortened", 1},
		{"mu.Lock(); defer mu.Unlock(); x := n; n = 0; cond.Signal(); return x", "critical section shortened", 2},
		{"mu.Lock(); defer mu.Unlock(); n++; return n", "critical section shortened", 1},
		{"mu.Lock(); defer mu.Unlock(); x := n; go func() { x++ }(); return x", "critical section shortened", 2},
		{"mu.Lock(); defer mu.Unlock(); x := n; f(&x); return x", "critical section shortened", 2},
		{"mu.Lock(); defer mu.Unlock(); n++; return x.y", "critical section shortened", 1},

		{"done := make(chan struct{}); close(done)", "other capacity", 0},
		{"done := make(chan struct{}); done <- struct{}{}", "other capacity", 2},
		{"done, value := make(chan struct{}), struct{}{}; done <- value", "other capacity", 2},
		{"done := make(chan int); close(done)", "other capacity", 2},
	} {
		mutants, err := mutate.Of([]byte("package p\n\nfunc f() {\n" + c.body + "\n}\n"))
		require.NoError(t, err, c.body)
		var made []string
		for _, m := range mutants {
			if m.Operator == c.operator {
				made = append(made, flat(string(m.Source)))
			}
		}
		assert.Len(t, made, c.want, "%s of %s", c.operator, c.body)
	}
}

// flat has no formatting in it.
func flat(source string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(source, ";", " ")), " ")
}

// An atomic that becomes plain keeps its methods; an import that nothing needs any
// more goes.
func TestPlainForAtomic(t *testing.T) {
	mutants, err := mutate.Of([]byte(`package p

import "sync/atomic"

type T struct{ n atomic.Int64 }

func (t *T) f() int64 { return t.n.Add(1) }
`))
	require.NoError(t, err)
	require.Len(t, mutants, 1)
	assert.Equal(t, "plain for atomic", mutants[0].Operator)
	assert.NotContains(t, string(mutants[0].Source), `"sync/atomic"`)
	assert.Contains(t, string(mutants[0].Source), "n plainNumber[int64]")
	assert.Contains(t, string(mutants[0].Source), "func (p *plainNumber[T]) Add(")
}

// Right fixes have many mutants, each of them another one, and each says where it is.
func TestMutantsOfRightFixes(t *testing.T) {
	files, err := filepath.Glob("../../../solutions/*/*/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		mutants, err := mutate.Of(source)
		require.NoError(t, err, name)
		assert.Greater(t, len(mutants), 4, name)
		seen := map[string]bool{string(source): true}
		lines := strings.Count(string(source), "\n")
		for _, m := range mutants {
			assert.False(t, seen[string(m.Source)], "%s: %s", name, m)
			seen[string(m.Source)] = true
			assert.True(t, m.Line > 0 && m.Line <= lines, "%s: %s", name, m)
			assert.NotEqual(t, m.Before, m.After, "%s: %s", name, m)
		}
	}
}

func TestNoGo(t *testing.T) {
	_, err := mutate.Of([]byte("package p\nfunc {"))
	assert.Error(t, err)
}
