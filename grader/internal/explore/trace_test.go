package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// traced explores a test function's body once and returns what a finding at its end
// has recorded. Each line of the body is one of the trace's lines from 20 on.
func traced(t *testing.T, body string) explored.Test {
	t.Helper()
	dir := t.TempDir()
	text := `package x

import (
	"sync"
	"testing"; "time"
)

type box struct {
	mu    sync.Mutex
	n     int
	items []int
	ready bool
}

var err error; var _ time.Duration

func fail() (int, error) { return 0, nil }
func (b *box) get() int { return b.n }
func TestX(t *testing.T) {
` + body + `
	t.Error("the end")
}
`
	text = "// the body begins on line 20\n" + text
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n\ngo 1.25\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x_test.go"), []byte(strings.Replace(text, "// the body begins on line 20\n", "", 1)), 0o600))
	r, fault := Explore(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Seed: 1, Budget: Normal, Processors: 1})
	require.NoError(t, fault)
	require.Len(t, r.Packages, 1)
	require.Empty(t, r.Packages[0].Reason)
	return r.Packages[0].Tests[0]
}

// brief writes the plain accesses and the starts of a trace from line 20 on.
func brief(test explored.Test) (texts []string) {
	for _, s := range test.Trace {
		if s.Plain && s.Line >= 20 && s.Starts == 0 {
			texts = append(texts, fmt.Sprintf("%d %ss %s", s.Line, s.Operation, s.Object))
		}
	}
	return texts
}

// What a goroutine reads and writes between two points is part of the trace, as
// long as others may reach it: in every kind of statement.
func TestAccessesBetweenPoints(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	test := traced(t, `	b := &box{}
	if b.ready {
	} else if b.n > 0 {
	}
	if _, err = fail(); err != nil {
	}
	for b.n > 0 {
	}
	switch b.n {
	}
	for range b.items {
	}
	x := b.n
	_, err = fail()
	defer print(b.n * 0)
	_ = x
	func() int { return b.n }()
	b.mu.Lock()
	println(len(b.items), &b.n != nil)`)
	assert.Equal(t, []string{
		"21 reads b.ready", "22 reads b.n", "24 writes err", "24 reads err", "26 reads b.n", "28 reads b.n", "30 reads b.items", "32 reads b.n", "33 writes err", "34 reads b.n",
		"36 reads b.n", "38 reads b.items",
	}, only20(brief(test)))
}

// only20 leaves out variables of the test that closures share.
func only20(texts []string) (kept []string) {
	for _, text := range texts {
		if !strings.HasSuffix(text, "reads b") && !strings.HasSuffix(text, "reads x") {
			kept = append(kept, text)
		}
	}
	return kept
}

// A trace says which goroutine starts which, and whose wait a step ends.
func TestStartsAndWakes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	test := traced(t, `	ch := make(chan int)
	go func() { ch <- 1 }()
	<-ch
	var group sync.WaitGroup
	group.Go(func() {})
	group.Wait()
	ready, mu := false, sync.Mutex{}
	cond := sync.NewCond(&mu)
	cond.Signal()
	go func() { mu.Lock(); ready = true; mu.Unlock(); cond.Broadcast() }()
	mu.Lock()
	for !ready { cond.Wait() }
	mu.Unlock()`)
	starts, wakes := map[int]int{}, map[string]bool{}
	for _, s := range test.Trace {
		if s.Starts > 0 {
			assert.True(t, s.Plain)
			starts[s.Starts] = s.Line
		}
		for _, g := range s.Wakes {
			wakes[fmt.Sprintf("%s at %d wakes %d", s.Operation, s.Line, g)] = true
			assert.NotEqual(t, "signal", s.Operation, "there is nothing to wake")
		}
	}
	assert.Equal(t, map[int]int{1: 21, 2: 24, 3: 29}, starts)
	sends := wakes["send at 21 wakes 0"] || wakes["receive at 22 wakes 1"]
	assert.True(t, sends, "one of the two waits for the other: %v", wakes)
}

// A function that a timer calls is where the timer was set, if none of it is the author's.
func TestTimersHaveALine(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	test := traced(t, `	mu := sync.Mutex{}
	cond := sync.NewCond(&mu)
	mu.Lock()
	time.AfterFunc(time.Second, cond.Broadcast)
	cond.Wait()
	mu.Unlock()`)
	var lines []int
	for _, s := range test.Trace {
		if s.Goroutine == 1 && !s.Plain {
			lines = append(lines, s.Line)
		}
	}
	require.NotEmpty(t, lines, "the timer's goroutine has steps")
	for _, line := range lines {
		assert.Equal(t, 23, line)
	}
}
