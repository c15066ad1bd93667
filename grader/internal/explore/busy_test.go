package explore

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// single explores the only test of a package of one file.
func single(t *testing.T, o Options, file string) explored.Test {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a test")
	}
	o.Dir, o.Env, o.Patterns, o.Seed, o.Processors = t.TempDir(), append(os.Environ(), "GOWORK=off"), []string{"."}, 1, 1
	o.Budget.Time, o.Budget.Steps = time.Minute, Normal.Steps
	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "go.mod"), []byte("module x\n\ngo 1.25\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "x_test.go"), []byte("package x\n\n"+file), 0o600))
	r, err := Explore(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, r.Packages, 1)
	require.Empty(t, r.Packages[0].Reason)
	require.Len(t, r.Packages[0].Tests, 1)
	return r.Packages[0].Tests[0]
}

const busyWork = `import ("sync/atomic"; "testing"; "time")

func work(n int) {
	var done atomic.Int64
	for range n {
		done.Add(1)
	}
}

func every(d time.Duration) (stop func()) {
	tick, end := time.NewTicker(d), make(chan bool)
	go func() {
		for {
			select {
			case <-tick.C:
			case <-end:
				return
			}
		}
	}()
	return func() { close(end) }
}
`

// A ticker that ticks while there is much to do makes no race a doubt, and no machine has to
// stall for that.
func TestRaceAfterMuchWork(t *testing.T) {
	got := single(t, Options{Race: true, Budget: Budget{Schedules: 1}}, busyWork+`
func TestX(t *testing.T) {
	stop := every(time.Second)
	work(150_000)
	x, done := 0, make(chan bool)
	go func() { x++; close(done) }()
	x++
	<-done
	stop()
}
`)
	assert.Equal(t, explored.Race, got.Verdict, got.Summary)
	assert.Empty(t, got.Stall)
	assert.Zero(t, got.Doubts)
}

// What is left is left however long the test was busy.
func TestLeakAfterMuchWork(t *testing.T) {
	got := single(t, Options{Leaks: LeaksTest, Budget: Budget{Schedules: 30}}, busyWork+`
func TestX(t *testing.T) {
	stop := every(5*time.Millisecond)
	go func() { <-make(chan int) }()
	work(5000)
	stop()
}
`)
	assert.Equal(t, explored.Leak, got.Verdict, got.Summary)
	assert.Empty(t, got.Stall)
	assert.Zero(t, got.Doubts, "they are the leak that is told")
}

// A panic before the tests is told as one, once.
func TestPanicBeforeTheTests(t *testing.T) {
	got := single(t, Options{Budget: Budget{Schedules: 1}}, `import "testing"

func init() { panic("no network card") }

func TestX(t *testing.T) {}
`)
	assert.Equal(t, explored.Panic, got.Verdict)
	assert.Equal(t, "panic: no network card (in the initialisation of a package, before any test)", got.Summary)
}

// A goroutine that waits for a WaitGroup comes last: what another one waits for tells more.
func TestThoseThatJoinComeLast(t *testing.T) {
	test := single(t, Options{Budget: Budget{Schedules: 20}}, `import ("sync"; "testing")

func TestX(t *testing.T) {
	var group sync.WaitGroup
	never := make(chan int)
	group.Go(func() { <-never })
	group.Wait()
}
`)
	require.Equal(t, explored.Deadlock, test.Verdict)
	require.Len(t, test.Waiting, 2)
	assert.Equal(t, []int{1, 0}, []int{test.Waiting[0].Goroutine, test.Waiting[1].Goroutine})
	assert.Equal(t, "g1 waits to receive from never (x_test.go:8); the test waits for group (x_test.go:9): no goroutine can go on", test.Summary)
}
