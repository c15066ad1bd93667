// Package leaves leaves goroutines behind.
package leaves

import (
	"expvar"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func block(c chan int) { <-c }

// Its leak comes in every schedule, and what else is wrong with it in few.
func TestLeavesAndFails(t *testing.T) {
	go block(make(chan int))
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 2 {
		wg.Go(func() {
			mu.Lock()
			seen := n
			mu.Unlock()
			mu.Lock()
			n = seen + 1
			mu.Unlock()
		})
	}
	wg.Wait()
	if n != 2 {
		t.Errorf("n is %d", n)
	}
}

func TestLeaves(t *testing.T) { go block(make(chan int)) }

func TestTopFunctionIsIgnored(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreTopFunction("heisenkata/grader/internal/explore/testdata/judged/leaves.block"))
	go block(make(chan int))
}

func TestAnotherFunctionIsIgnored(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreTopFunction("leaves.block"), goleak.IgnoreAnyFunction("leaves.block"), goleak.IgnoreAnyContainingPkg("heisenkata/grader/internal/explore"))
	go block(make(chan int))
}

func TestPackageIsIgnored(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreAnyContainingPkg("heisenkata/grader/internal/explore/testdata/judged/leaves"))
	go func() { block(make(chan int)) }()
}

func TestEarlierAreIgnored(t *testing.T) {
	go block(make(chan int))
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
}

func TestLeavesAndRaces(*testing.T) {
	n, done := 0, make(chan bool)
	go func() { n++; <-done; <-done }()
	n++
	close(done)
	go block(make(chan int))
}

func TestLaterAreNot(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	go block(make(chan int))
}

// Of its subtests, one fails.
func TestSubs(t *testing.T) {
	t.Run("fails", func(t *testing.T) {
		t.Run("here", func(t *testing.T) { t.Error("chosen") })
		t.Run("there", func(*testing.T) {})
	})
	t.Run("passes", func(*testing.T) {})
}

// It takes a stall for the sleep to be too short.
func TestSleepsInsteadOfWaiting(t *testing.T) {
	ready := make(chan bool, 1)
	go func() { ready <- true }()
	time.Sleep(time.Millisecond)
	select {
	case <-ready:
	default:
		t.Error("not ready")
	}
}

func TestNothingToChoose(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
}

func TestDraws(t *testing.T) {
	if rand.Uint64() == 0 {
		t.Error("unlucky")
	}
}

// What it publishes outlives it, not only the goroutine.
func TestLeavesAndPublishes(t *testing.T) {
	if expvar.Get("leaves") != nil {
		t.Fatal("published before")
	}
	expvar.NewInt("leaves")
	go block(make(chan int))
}
