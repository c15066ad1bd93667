package synctest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
	vtesting "heisenkata/grader/internal/explore/rt/vtesting"
)

func explore(t *testing.T, n int, f func(*vtesting.T)) *sched.Finding {
	t.Helper()
	s := search.New(1)
	for i := range n {
		s.Begin(i)
		r := sched.Run(t, s, sched.Options{}, func() { vtesting.RunTop(t.Name(), f) })
		s.End(r.Steps)
		if r.Finding != nil {
			return r.Finding
		}
	}
	return nil
}

// The function's cleanups run before Test returns, and what it has started runs
// until it waits.
func TestTestEndsWhatItBegan(t *testing.T) {
	require.Nil(t, explore(t, 50, func(t *vtesting.T) {
		var list []string
		ran := make(chan bool, 1)
		Test(t, func(t *vtesting.T) {
			t.Cleanup(func() { list = append(list, "cleanup of "+t.Name()) })
			sched.Go(0, func() { ran <- true })
			list = append(list, "function")
		})
		if got := fmt.Sprint(list, len(ran)); got != "[function cleanup of "+t.Name()+"] 1" {
			t.Error(got)
		}
	}))
}

func TestWaitWaitsForTheOthers(t *testing.T) {
	require.Nil(t, explore(t, 50, func(t *vtesting.T) {
		ran := make(chan bool, 3)
		for range cap(ran) {
			sched.Go(0, func() {
				sched.P(0)
				ran <- true
			})
		}
		Wait()
		if len(ran) != cap(ran) {
			t.Error("Wait returns early")
		}
		before := time.Now()
		Wait()
		if time.Now() != before {
			t.Error("Wait lets time pass")
		}
	}))
}

// Wait passes on what the others did before they came to wait, as the real one.
func TestWaitSeesWhatTheOthersDid(t *testing.T) {
	require.Nil(t, explore(t, 20, func(t *vtesting.T) {
		x := 0
		sched.Go(0, func() { x = 1 })
		Wait()
		if x != 1 {
			t.Error("Wait returns early")
		}
	}))
}

func TestFailureEndsTheTestAround(t *testing.T) {
	found := explore(t, 1, func(t *vtesting.T) {
		Test(t, func(t *vtesting.T) { t.Fatal("inside") })
	})
	require.NotNil(t, found)
	assert.Equal(t, t.Name()+": inside", found.Text)
}

func TestWaitOutsideOfControl(t *testing.T) {
	assert.Panics(t, Wait)
}
