package oracle

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// hasty is a patience that no test has to wait for. What runs is never stuck for it.
var hasty = watch{every: time.Millisecond, first: 20, quiet: 10, most: 1 << 30}

func TestADeadlockIsStuck(t *testing.T) {
	bubble := func(end chan struct{}) { synctest.Test(t, func(*testing.T) { <-end }) }
	for name, wait := range map[string]func(end chan struct{}){
		"a channel":                       func(end chan struct{}) { <-end },
		"a bubble, for what is not in it": bubble,
		"asleep, and looking again": func(end chan struct{}) {
			for {
				select {
				case <-end:
					return
				case <-time.After(time.Minute):
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			end, done := make(chan struct{}), make(chan struct{})
			go func() { wait(end); close(done) }()
			assert.True(t, stuck(done, hasty))
			close(end)
			<-done
		})
	}
}

// A machine may be so busy that what takes microseconds takes seconds. What can run is
// not stuck until its looks are used up.
func TestWhatRunsIsNotStuck(t *testing.T) {
	done := make(chan struct{})
	go func() {
		for began := time.Now(); time.Since(began) < 300*time.Millisecond; {
		}
		close(done)
	}()
	assert.False(t, stuck(done, hasty))
}

func TestWhatRunsOnIsStuckInTheEnd(t *testing.T) {
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-end:
				return
			default:
			}
		}
	}()
	brief := hasty
	brief.most = 50
	assert.True(t, stuck(done, brief))
	close(end)
	<-done
}

// What a watch allocates for a moment is not taken for what a test keeps.
func TestWatchesAreNotMeasured(t *testing.T) {
	done := make(chan struct{})
	ended := make(chan bool)
	for range 4 {
		go func() { ended <- stuck(done, watch{every: time.Microsecond, quiet: 1 << 30, most: 1 << 30}) }()
	}
	for range 50 {
		assert.InDelta(t, 0, Kept(func() {}), 1<<14)
	}
	close(done)
	for range 4 {
		<-ended
	}
}

// What is stuck is told with the test that it belongs to, also if that runs in a goroutine of its own.
func TestTestsIn(t *testing.T) {
	assert.Equal(t, " in TestTestsIn", testsIn(allStacks()))
	inside := make(chan []string)
	go func() { inside <- allStacks()[:1] }()
	assert.Equal(t, " in TestTestsIn", testsIn(<-inside))
	assert.Empty(t, testsIn([]string{"goroutine 1 [chan receive]:\ntesting.(*M).Run(0x1)\nx_test.TestMain(...)"}))
}
