// Package sees has tests that look at themselves, and see what they would see
// without the explorer.
package sees

import (
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// want: pass
func TestOwnName(t *testing.T) {
	pc, _, _, _ := runtime.Caller(0)
	frame, _ := runtime.CallersFrames([]uintptr{pc + 1}).Next()
	for _, name := range []string{runtime.FuncForPC(pc).Name(), frame.Function} {
		if !strings.HasSuffix(name, "/sees.TestOwnName") {
			t.Error(name)
		}
	}
}

var head = regexp.MustCompile(`^goroutine \d+ \[running\]:\nruntime/debug.Stack\(\)\n.*\n\S+/sees.TestDebugStack\(`)

// want: pass
func TestDebugStack(t *testing.T) {
	if s := string(debug.Stack()); !head.MatchString(s) || strings.Contains(s, "vtesting") {
		t.Error(s)
	}
}

// A recover handler that keeps its own stack, as many servers do.
//
// want: pass
func TestOwnStack(t *testing.T) {
	defer func() {
		buf := make([]byte, 4096)
		if r := recover(); r == nil || !strings.Contains(string(buf[:runtime.Stack(buf, false)]), "sees.TestOwnStack") {
			t.Error(string(buf))
		}
	}()
	panic("x")
}

// want: pass
func TestOthersStacks(t *testing.T) {
	begun, done := make(chan bool), make(chan bool)
	go func() { begun <- true; <-done }()
	<-begun
	buf := make([]byte, 1<<20)
	s := string(buf[:runtime.Stack(buf, true)])
	if n := strings.Count("\n"+s, "\ngoroutine "); n != 2 || !strings.Contains(s, "TestOthersStacks.func1") || strings.Contains(s, "Controller") {
		t.Errorf("%d: %s", n, s)
	}
	close(done)
}

type bucket struct {
	mu   sync.Mutex
	meta atomic.Uint64
	next atomic.Pointer[bucket]
	es   [5]unsafe.Pointer
}

// Padding to a cache line.
type padded struct {
	bucket
	_ [64 - unsafe.Sizeof(bucket{})]byte
}

// Programs that look for goroutines which are left overlook those of package testing.
//
// want: pass
func TestTestsOwnStacks(t *testing.T) {
	done := make(chan bool)
	go func() { done <- true }()
	t.Run("sub", func(t *testing.T) {
		buf := make([]byte, 1<<16)
		all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		own, parents := 0, 0
		for i, stack := range all {
			switch {
			case i == 0 && strings.Contains(stack, "\ntesting.tRunner(") && strings.Contains(stack, "\ncreated by testing.(*T).Run in goroutine "):
				own++
			case strings.Contains(stack, "testing.(*T).Run(") && strings.Contains(stack, "sees.TestTestsOwnStacks("):
				parents++
			}
		}
		if own != 1 || parents != 1 {
			t.Errorf("%d goroutines run this test, %d the test above it:\n%s", own, parents, strings.Join(all, "\n\n"))
		}
	})
	<-done
}

const rest = 64 - unsafe.Sizeof(bucket{})

// want: pass
func TestPadded(t *testing.T) {
	var p padded
	p.mu.Lock()
	p.mu.Unlock()
	if rest != 0 {
		t.Error(rest)
	}
}

var kept []byte

// want: unexplorable: it measures memory
func TestMeasuresMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var mu sync.Mutex
	for range 1000 {
		mu.Lock()
		mu.Unlock()
	}
	runtime.ReadMemStats(&after)
	if after.Mallocs-before.Mallocs < 1e9 {
		t.Error("too few")
	}
}

// want: unexplorable: it measures memory
func TestCountsAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(10, func() { kept = make([]byte, 10) }); n < 1e9 {
		t.Errorf("%f allocations", n)
	}
}

// want: pass
func TestOnlyLogsMemory(t *testing.T) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Log(m.Mallocs)
}

func FuzzIsNotExplored(f *testing.F) { f.Fuzz(func(*testing.T, int) {}) }

func Example_isNotExplored() {}

// To return what a result is already stores nothing.
func early() (ready []chan int) {
	ready = make([]chan int, 1)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		ready[0] = make(chan int)
		wg.Done()
		close(ready[0])
	}()
	wg.Wait()
	return ready
}

// want: pass
func TestNamedResult(t *testing.T) { <-early()[0] }

// Beside a test's goroutine there is the one that waits for it.
//
// want: pass
func TestTwoGoroutines(t *testing.T) {
	if n := runtime.NumGoroutine(); n != 2 {
		t.Error(n)
	}
}

// want: unexplorable: it looks at a profile
func TestLooksAtAProfile(t *testing.T) {
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			mu.Lock()
			mu.Unlock()
		})
	}
	group.Wait()
	if pprof.Lookup("goroutine").Count() > 0 {
		t.Error("some are left")
	}
}
