package oracle

import (
	"flag"
	"math"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A watch says when a call counts as stuck. It counts looks instead of reading the clock: a
// machine that stands still for a minute, as virtual machines do, costs one look, and a
// busy one makes them late.
type watch struct {
	every time.Duration // between two looks
	first int           // looks before it matters whether anything can run
	quiet int           // looks in a row at which nothing can run: a deadlock
	most  int           // looks after which a call is stuck, whatever it does
}

// patience ends a deadlock after eleven seconds. What can still run gets a minute: on a busy
// machine, what takes microseconds has taken three seconds.
var patience = watch{every: 100 * time.Millisecond, first: 100, quiet: 10, most: 600}

// processPatience is for whatever a test does. A call that Within runs ends sooner, and says more.
var processPatience = watch{every: 2 * time.Second, quiet: 8, most: math.MaxInt}

// endIfStuck ends the process with a dump of all goroutines when none can run for some
// sixteen seconds, as in a deadlock with a lock in a bubble, which does not notice it. In a
// test binary without a deadline the runtime does that.
func endIfStuck() (stop func()) {
	flag.Parse()
	if limit := flag.Lookup("test.timeout"); limit == nil || limit.Value.String() == "0s" {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if stuck(done, processPatience) {
			debug.SetTraceback("all")
			panic("stuck: no goroutine can go on" + testsIn(allStacks()) + ". What each of them waits for is listed below")
		}
	}()
	return func() { close(done); <-ended }
}

var testFrame = regexp.MustCompile(`\.(Test\w+)[.(]`)

// testsIn names the tests that goroutines run, or have been started by: " in TestA".
func testsIn(stacks []string) string {
	var names []string
	for _, m := range testFrame.FindAllStringSubmatch(strings.Join(stacks, "\n"), -1) {
		if m[1] != "TestMain" && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " in " + strings.Join(names, ", ")
}

// watched reports whether the test binary has a deadline. Without one it reports a deadlock
// itself, unless a timer is set.
func watched(t testing.TB) bool {
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return true
	}
	_, ok = limited.Deadline()
	return ok
}

// stuck waits for done, and reports whether it gave up.
func stuck(done <-chan struct{}, w watch) bool {
	quiet := 0
	for look := 0; look < w.most && quiet < w.quiet; look++ {
		select {
		case <-done:
			return false
		case <-time.After(w.every):
		}
		if quiet++; look < w.first || anyCanRun() {
			quiet = 0
		}
	}
	return true
}

// looking is held by a watch that looks, which takes memory for a moment, and while memory is
// measured.
var looking sync.Mutex

// anyCanRun reports whether another goroutine is running, or will as soon as the system lets it.
func anyCanRun() bool {
	looking.Lock()
	defer looking.Unlock()
	return someIn(allStacks()[1:], busy)
}

// busy are the states of goroutines that run, or will as soon as the system lets them.
var busy = map[string]bool{
	"running": true, "runnable": true, "preempted": true, "copystack": true,
	"GC assist marking": true, "GC assist wait": true, "syscall": true, "IO wait": true,
}
