package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// What goroutines tell each other past the points is not proven not to matter.
func TestNoFalseProof(t *testing.T) {
	s := prepared(t, "unseen", ".", Options{Exhaustive: true, Budget: Budget{Schedules: 100, Time: time.Minute, Steps: Normal.Steps}})
	for _, name := range s.targets[0].tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.One(t.Context(), name)
			require.NoError(t, err)
			assert.Zero(t, got.Different, "%s: %s", got.Verdict, got.Summary)
			t.Log(got.Verdict, got.Schedules, got.Summary)
		})
	}
}

// A leak ends no search, and a test that leaks is not proven either.
func TestALeakIsNotProvenToPass(t *testing.T) {
	s := prepared(t, "bugs", "earlyreturn", Options{Exhaustive: true, Leaks: LeaksTest, Run: regexp.MustCompile("^TestBug$"), Budget: Budget{Schedules: 1000, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestBug")
	require.NoError(t, err)
	assert.Equal(t, explored.Leak, got.Verdict)
	assert.Zero(t, got.Different)
}

// pausesBeforeItWakes is a test whose PAUSE is to give a goroutine the time to fall asleep.
const pausesBeforeItWakes = `import ("context"; "sync"; "sync/atomic"; "testing"; "time")

var _ context.Context

func TestPause(t *testing.T) {
	var open atomic.Bool
	var mu sync.Mutex
	woken := sync.NewCond(&mu)
	done := make(chan bool)
	go func() {
		defer close(done)
		mu.Lock()
		defer mu.Unlock()
		for !open.Load() {
			woken.Wait()
		}
	}()
	open.Store(true)
	PAUSE
	<-done
}
`

// Time may pass before a goroutine goes on that is slower than a pause is long, even if the
// pause begins only after that goroutine has looked, and however the code pauses.
func TestAPauseProvesNothing(t *testing.T) {
	for name, pause := range map[string]string{
		"sleep":    "time.Sleep(time.Millisecond); woken.Broadcast()",
		"after":    "<-time.After(time.Millisecond); woken.Broadcast()",
		"select":   "select { case <-time.After(time.Millisecond): case <-make(chan bool): }; woken.Broadcast()",
		"context":  "ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond); defer cancel(); <-ctx.Done(); woken.Broadcast()",
		"callback": "time.AfterFunc(time.Millisecond, woken.Broadcast)",
		"another":  "slept := make(chan bool); go func() { time.Sleep(time.Millisecond); close(slept) }(); <-slept; woken.Broadcast()",
	} {
		t.Run(name, func(t *testing.T) {
			got := single(t, Options{Race: true, Exhaustive: true, EarlyTimeouts: true, Budget: Budget{Schedules: 1000}}, strings.Replace(pausesBeforeItWakes, "PAUSE", pause, 1))
			assert.Equal(t, explored.Deadlock, got.Verdict, got.Summary)
		})
	}
}

const countsTogether = `package x

import ("math/rand/v2"; "sync"; "testing")

func together(t *testing.T, goroutines int) {
	var mu sync.Mutex
	var group sync.WaitGroup
	n := 0
	for range goroutines {
		group.Go(func() { mu.Lock(); n++; mu.Unlock() })
	}
	group.Wait()
	if n != goroutines {
		t.Error(n)
	}
}

func TestFew(t *testing.T)   { together(t, 3) }
func TestMany(t *testing.T)  { together(t, 6) }
func TestDrawn(t *testing.T) { together(t, 2+rand.IntN(2)) }
`

// If few interleavings are all there are, they are proven at once. Otherwise, and if a test draws
// its program, all schedules are sampled.
func TestFewInterleavingsAreProvenAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary with the race detector")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module x\n\ngo 1.25\n", "x_test.go": countsTogether} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	s, err := Prepare(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Delays: 2, Processors: 1, Budget: Budget{Schedules: 1000, Time: time.Minute, Steps: Normal.Steps}})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	one := func(name string) explored.Test {
		got, err := s.One(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, explored.Pass, got.Verdict, got.Summary)
		return got
	}
	few := one("TestFew")
	assert.Equal(t, 6, few.Different, "3 goroutines come to a lock in one of 3! orders")
	assert.Less(t, few.Schedules, glance+fewDiffer)
	many := one("TestMany")
	assert.Greater(t, many.Schedules, 1000)
	drawn := one("TestDrawn")
	assert.Zero(t, drawn.Different)
	assert.Equal(t, 1000, drawn.Schedules)
}

// What uses a package that is not rewritten is not proven, unless that says that goroutines share
// nothing in it, as the stand-ins for package fmt and others do.
func TestPrivatePackages(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries with the race detector")
	}
	for directive, proven := range map[string]bool{"//explore:native private": true, "//explore:native": false} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"go.mod": "module x\n\ngo 1.25\n",
			"a/a.go": "// Package a adds.\n//\n" + directive + "\npackage a\n\nfunc Add(n *int) { *n++ }\n",
			"x_test.go": `package x

import ("sync"; "testing"; "x/a")

func TestX(t *testing.T) {
	var n int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			a.Add(&n)
		})
	}
	wg.Wait()
}
`,
		} {
			require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		r, err := Explore(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Exhaustive: true, Delays: 2, Processors: 1, Budget: Budget{Schedules: 1000, Time: time.Minute, Steps: Normal.Steps}})
		require.NoError(t, err)
		require.Equal(t, explored.Pass, r.Packages[0].Tests[0].Verdict)
		assert.Equal(t, proven, r.Packages[0].Tests[0].Different == 6, "%s: %d", directive, r.Packages[0].Tests[0].Different)
	}
}
