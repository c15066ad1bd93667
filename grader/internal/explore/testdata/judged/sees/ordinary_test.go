package sees

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func caller() string {
	pc, _, _, _ := runtime.Caller(1)
	frame, _ := runtime.CallersFrames([]uintptr{pc + 1}).Next()
	return frame.Function
}

var where = caller()

// want: unexplorable: it fails in every schedule, and passes in ordinary runs
func TestNameOfInit(t *testing.T) {
	if !strings.HasSuffix(where, "/sees.init") {
		t.Error(where)
	}
}

// Only the plainest of few schedules loses none, and ordinary runs may lose none either.
//
// want: wrong: lost
func TestLostAmongMany(t *testing.T) {
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() { n.Store(n.Load() + 1) })
	}
	wg.Wait()
	if n.Load() != 30 {
		t.Error("lost")
	}
}
