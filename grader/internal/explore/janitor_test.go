package explore

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explored"
)

const janitor = `import ("sync/atomic"; "testing"; "time")

func TestX(t *testing.T) {
	go func() {
		for range time.Tick(time.Second) {
		}
	}()
	var started atomic.Bool
	go func() { started.Store(true) }()
	time.Sleep(50 * time.Millisecond)
	if !started.Load() {
		<-make(chan int)
	}
}
`

// That a stall is needed for what a test waits for is told, though time passes for minutes
// after it, over goroutines that could run as well. What is found by its number shows the
// same in detail.
func TestStallBesideAJanitor(t *testing.T) {
	got := single(t, Options{Leaks: LeaksOff, Budget: Budget{Schedules: 200}}, janitor)
	assert.Equal(t, explored.Deadlock, got.Verdict, got.Summary)
	assert.Contains(t, got.Summary, "waits to receive")
	assert.Equal(t, "50ms", got.Stall)
	assert.Less(t, len(got.Schedule), 40)
	assert.False(t, got.Varies)
}

const lost = `import ("sync"; "testing"; "time")

func TestX(t *testing.T) {
	stop := make(chan bool)
	defer close(stop)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		for {
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	var mu sync.Mutex
	ready, c := false, sync.NewCond(&mu)
	go func() { ready = true; c.Signal() }()
	mu.Lock()
	for !ready {
		c.Wait()
	}
	mu.Unlock()
}
`

// A schedule that is named by its number runs the same steps in detail, where each
// goroutine has one more function below its own.
func TestNumbersInDetail(t *testing.T) {
	for _, number := range []int{0, 2, 4, 6} {
		got := single(t, Options{Leaks: LeaksOff, Schedule: fmt.Sprintf("y%d.1", number), Times: 3}, lost)
		assert.Equal(t, 3, got.Same, number)
	}
}
