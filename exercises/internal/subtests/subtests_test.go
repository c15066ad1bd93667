package subtests_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
	"heisenkata/exercises/internal/subtests"
)

// A journal notes what happens, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// tee is what testing.T and subtests.T have in common.
type tee interface {
	Parallel()
	Cleanup(func())
}

// What a parent defers happens before its parallel subtests, what it cleans up afterwards.
func order[T tee](t T, run func(t T, name string, f func(T)) bool) []string {
	var j journal
	run(t, "parent", func(t T) {
		defer j.note("deferred")
		t.Cleanup(func() { j.note("first cleanup") })
		t.Cleanup(func() { j.note("second cleanup") })
		for range 2 {
			run(t, "parallel", func(t T) {
				t.Parallel()
				t.Cleanup(func() { j.note("parallel cleanup") })
			})
		}
		run(t, "serial", func(T) { j.note("serial") })
		j.note("returns")
	})
	return j.lines
}

func TestOrderIsThatOfTesting(t *testing.T) {
	want := order(t, (*testing.T).Run)
	for _, mode := range []subtests.Mode{subtests.Together, subtests.OneByOne} {
		var got []string
		subtests.Run("top", mode, func(t *subtests.T) { got = order(t, (*subtests.T).Run) })
		assert.Equal(t, want, got)
	}
}

func TestTogetherTheyMeet(t *testing.T) {
	meeting := oracle.NewMeeting(4)
	oracle.Within(t, func() {
		subtests.Run("top", subtests.Together, func(t *subtests.T) {
			for range 4 {
				t.Run("case", func(t *subtests.T) {
					t.Parallel()
					meeting.Arrive()
				})
			}
		})
	}, "parallel subtests run at the same time")
}

func TestOneByOneTheyDoNot(t *testing.T) {
	running := 0 // the race detector sees it if two run at once
	orders := map[string]bool{}
	for range 100 {
		var order []string
		subtests.Run("top", subtests.OneByOne, func(t *subtests.T) {
			for i := range 3 {
				t.Run("case", func(t *subtests.T) {
					t.Parallel()
					running++
					order = append(order, fmt.Sprint(i))
					running--
				})
			}
		})
		orders[strings.Join(order, "")] = true
	}
	assert.Zero(t, running)
	assert.Greater(t, len(orders), 1, "the order is random")
}

func TestReports(t *testing.T) {
	var leaked *subtests.T
	var passed []bool
	r := subtests.Run("top", subtests.Together, func(t *subtests.T) {
		leaked = t
		t.Cleanup(func() { t.Errorf("in a cleanup") })
		t.Cleanup(func() { t.Fatalf("in the last cleanup") })
		passed = append(passed, t.Run("good", func(*subtests.T) {}))
		passed = append(passed, t.Run("bad", func(t *subtests.T) {
			t.Fatalf("no %d", 1)
			t.Errorf("not reached")
		}))
		passed = append(passed, t.Run("parallel", func(t *subtests.T) {
			t.Parallel()
			t.Errorf("no 2")
		}))
	})
	leaked.Errorf("too late")
	assert.Equal(t, []bool{true, false, true}, passed)
	assert.Equal(t, []string{"top/bad: no 1", "top/parallel: no 2", "top: in the last cleanup", "top: in a cleanup"}, r.Said())
	assert.Equal(t, []string{"top: too late"}, r.Late())
	assert.True(t, leaked.Failed())
}

func TestMisuse(t *testing.T) {
	var ended *subtests.T
	subtests.Run("top", subtests.Together, func(t *subtests.T) { ended = t })
	assert.Panics(t, func() { ended.Run("case", func(*subtests.T) {}) })
	subtests.Run("top", subtests.Together, func(top *subtests.T) {
		top.Cleanup(func() {
			assert.Panics(t, func() { top.Run("case", func(*subtests.T) {}) })
		})
	})
	ended.Parallel()
	assert.True(t, ended.IsParallel())
	assert.Panics(t, ended.Parallel)
	assert.False(t, ended.Failed())
}
