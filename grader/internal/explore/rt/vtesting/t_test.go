package testing

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

const schedules = 100

// explore runs f as a top-level test under n schedules, and returns the first
// finding.
func explore(t *testing.T, n int, f func(*T)) *sched.Finding {
	t.Helper()
	s := search.New(1)
	for i := range n {
		s.Begin(i)
		r := sched.Run(t, s, sched.Options{}, func() { RunTop(t.Name(), f) })
		s.End(r.Steps)
		if r.Finding != nil {
			return r.Finding
		}
	}
	return nil
}

// tester is what a real T and ours have in common.
type tester[T any] interface {
	testing.TB
	Run(string, func(T)) bool
	Parallel()
}

// order is what a test writes down of what happens, in order.
type order struct{ list []string }

func (o *order) add(what string) { o.list = append(o.list, what) }

// sequential has subtests one after the other, which end in every way that does
// not fail.
func sequential[T tester[T]](t T, o *order) {
	t.Cleanup(func() { o.add("cleanup 1 of " + t.Name()) })
	t.Cleanup(func() {
		o.add(fmt.Sprint("cleanup 2 after ", t.Context().Err()))
		t.Cleanup(func() { o.add("cleanup within a cleanup") })
	})
	for _, name := range []string{"a", "a", "a#01", "", "", "with space", "a/b", "\x00", "a", "a#1", "a#001", "b#01", "b", "b"} {
		ran := t.Run(name, func(t T) {
			o.add(t.Name())
			t.Cleanup(func() { o.add(fmt.Sprint("skipped: ", t.Skipped())) })
			defer o.add("deferred")
			if name == "a" {
				t.Skip("for a reason")
			}
			t.Run("inner", func(t T) { o.add(t.Name()) })
		})
		o.add(fmt.Sprint(ran, t.Failed()))
	}
	t.Run("leaves in a cleanup", func(t T) {
		t.Cleanup(func() { o.add("still runs") })
		t.Cleanup(func() { t.SkipNow() })
	})
	o.add(fmt.Sprint("end ", t.Context().Err()))
}

// parallel has one parallel subtest in each group, so that there is one order.
func parallel[T tester[T]](t T, o *order) {
	t.Cleanup(func() { o.add("cleanup of the test") })
	t.Run("group", func(t T) {
		t.Cleanup(func() { o.add("cleanup of the group") })
		t.Run("parallel", func(t T) {
			t.Cleanup(func() { o.add("cleanup of the parallel one") })
			o.add("before Parallel")
			t.Parallel()
			o.add("after Parallel")
			t.Run("its own", func(t T) { o.add("its own subtest") })
		})
		t.Run("another", func(T) { o.add("another subtest") })
		o.add("end of the group")
	})
	o.add("end of the test")
}

func TestOrderIsAsReal(t *testing.T) {
	var real order
	t.Run("test", func(t *testing.T) { sequential(t, &real) })
	t.Run("test", func(t *testing.T) { parallel(t, &real) })
	var ours order
	require.Nil(t, explore(t, 1, func(t *T) {
		t.Run("test", func(t *T) { sequential(t, &ours) })
		t.Run("test", func(t *T) { parallel(t, &ours) })
	}))
	assert.Equal(t, real.list, ours.list)
}

func TestParallelSubtestsRunAtOnce(t *testing.T) {
	seen := map[string]bool{}
	require.Nil(t, explore(t, schedules, func(t *T) {
		var o order
		t.Cleanup(func() { seen[fmt.Sprint(o.list)] = true })
		turn := make(chan bool, 1)
		for i := range 2 {
			t.Run("", func(t *T) {
				t.Parallel()
				turn <- true
				o.add(fmt.Sprint(i))
				<-turn
				sched.P(0)
				turn <- true
				o.add(fmt.Sprint(i))
				<-turn
			})
		}
		if len(o.list) > 0 {
			t.Error("a parallel subtest runs before the function has returned")
		}
	}))
	for _, each := range []string{"[0 0 1 1]", "[0 1 1 0]", "[1 0 0 1]", "[1 1 0 0]"} {
		assert.Contains(t, seen, each)
	}
}

func TestFailures(t *testing.T) {
	name := t.Name()
	for text, f := range map[string]func(*T){
		name + ": got 1":                                        func(t *T) { t.Errorf("got %d", 1) },
		name + ": got 2":                                        func(t *T) { t.Fatal("got", 2) },
		name + ": said before":                                  func(t *T) { t.Log("said before"); t.FailNow() },
		name + ": failed without a message":                     func(t *T) { t.Fail() },
		name + "/sub: of a subtest":                             func(t *T) { t.Run("sub", func(t *T) { t.Error("of a subtest") }) },
		name + `: disallowed whitespace in attribute key "a b"`: func(t *T) { t.Attr("a b", "") },
		name + "/sub: test executed panic(nil) or runtime.Goexit: subtest may have called FailNow on a parent test": func(t *T) {
			t.Run("sub", func(*T) { t.SkipNow() })
		},
	} {
		found := explore(t, 1, f)
		if assert.NotNil(t, found, text) {
			assert.Equal(t, sched.Wrong, found.Kind)
			assert.Equal(t, text, found.Text)
		}
	}
}

func TestPanics(t *testing.T) {
	for text, f := range map[string]func(*T){
		"in the test":  func(*T) { panic("in the test") },
		"in a subtest": func(t *T) { t.Run("", func(*T) { panic("in a subtest") }) },
		"in a cleanup": func(t *T) { t.Cleanup(func() { panic("in a cleanup") }) },
		"test executed panic(nil) or runtime.Goexit":   func(*T) { runtime.Goexit() },
		"testing: t.Parallel called multiple times":    func(t *T) { t.Parallel(); t.Parallel() },
		"testing: t.Run called during t.Cleanup":       func(t *T) { t.Cleanup(func() { t.Run("", func(*T) {}) }) },
		"testing: t.Run called inside synctest bubble": func(t *T) { Bubble(t, func(t *T) { t.Run("", func(*T) {}) }) },
		parallelConflict: func(t *T) { t.Parallel(); t.Setenv("HEISENKATA_A", "b") },
	} {
		found := explore(t, 1, f)
		if assert.NotNil(t, found, text) {
			assert.Equal(t, sched.Panic, found.Kind)
			assert.Equal(t, text, found.Text)
		}
	}
}

// Cleanups run after a panic, those of the tests above as well.
func TestCleanupsAfterPanic(t *testing.T) {
	var o order
	found := explore(t, 1, func(t *T) {
		t.Cleanup(func() { o.add("test") })
		t.Run("sub", func(t *T) {
			t.Cleanup(func() { o.add("first") })
			t.Cleanup(func() { o.add("second") })
			panic("over")
		})
	})
	require.NotNil(t, found)
	assert.Equal(t, "over", found.Text)
	assert.Equal(t, []string{"second", "first", "test"}, o.list)
}

// Fatal ends the goroutine that calls it, not the test. A mock shows that, since
// it reports nothing.
func TestFatalInAnotherGoroutine(t *testing.T) {
	require.Nil(t, explore(t, schedules, func(t *T) {
		mock := new(T)
		done := make(chan bool, 1)
		sched.Go(0, func() {
			defer func() { done <- mock.Failed() }()
			mock.Fatal("here")
			t.Error("Fatal returns")
		})
		if !sched.Recv(0, done) || !mock.Failed() {
			t.Error("the test has not failed")
		}
	}))
	found := explore(t, 1, func(t *T) {
		done := make(chan bool)
		sched.Go(0, func() {
			defer close(done)
			t.Fatal("there")
		})
		sched.Recv(0, done)
	})
	require.NotNil(t, found)
	assert.Equal(t, t.Name()+": there", found.Text)
}

func TestMock(t *testing.T) {
	mock := T{}
	var tb testing.TB = &mock
	tb.Helper()
	tb.Log("nothing")
	tb.Cleanup(func() {})
	assert.False(t, tb.Failed())
	tb.Errorf("wrong %d", 1)
	assert.True(t, tb.Failed())
	assert.Empty(t, tb.Name())
	_, err := tb.Output().Write([]byte("text"))
	require.NoError(t, err)
	require.Nil(t, explore(t, 1, func(*T) { new(T).Error("no finding") }))
}

func TestLogAfterTheEnd(t *testing.T) {
	late := func(t *T) {
		sched.Go(0, func() {
			sched.P(0)
			t.Log("late")
		})
	}
	found := explore(t, schedules, late)
	require.NotNil(t, found)
	assert.Equal(t, sched.Panic, found.Kind)
	assert.Equal(t, "Log in goroutine after "+t.Name()+" has completed: late\n", found.Text)
	inSub := func(t *T) {
		t.Run("sub", late)
		sched.WaitIdle()
	}
	assert.Nil(t, explore(t, schedules, inSub), "the test above still shows it")
}

func TestSkipIsRemembered(t *testing.T) {
	require.Nil(t, explore(t, 1, func(t *T) { t.Skipf("no %s", "network") }))
	assert.Equal(t, "no network", Skipped())
	require.Nil(t, explore(t, 1, func(t *T) { t.Run("sub", func(t *T) { t.Skip() }) }))
	assert.Empty(t, Skipped())
}

// What a schedule that was given up has changed is undone before the next.
func TestChangesAreUndone(t *testing.T) {
	const variable = "HEISENKATA_CHANGED"
	here, err := os.Getwd()
	require.NoError(t, err)
	var dirs []string
	change := func(t *T) {
		t.Setenv(variable, "1")
		t.Setenv(variable, "2")
		dirs = []string{t.TempDir(), t.TempDir(), t.ArtifactDir(), t.ArtifactDir()}
		t.Chdir(dirs[0])
	}
	undone := func() {
		t.Helper()
		assert.Empty(t, os.Getenv(variable))
		now, err := os.Getwd()
		require.NoError(t, err)
		assert.Equal(t, here, now)
		for _, dir := range dirs {
			assert.NoDirExists(t, filepath.Dir(dir))
		}
		assert.Len(t, slices.Compact(dirs), 3)
	}
	require.Nil(t, explore(t, 1, change))
	undone()
	found := explore(t, 1, func(t *T) {
		change(t)
		t.Cleanup(func() { sched.P(0) }) // a failed schedule ends here
		t.Error("given up")
	})
	require.NotNil(t, found)
	assert.Equal(t, "2", os.Getenv(variable))
	Restore()
	undone()
}

// What a goroutine did before it registered a cleanup is seen there.
func TestCleanupSeesItsGoroutine(t *testing.T) {
	require.Nil(t, explore(t, schedules, func(t *T) {
		x := 0
		sched.Go(0, func() {
			x = 1
			t.Cleanup(func() { x++ })
		})
		sched.WaitIdle()
	}))
}

func TestContextEndsBeforeCleanups(t *testing.T) {
	require.Nil(t, explore(t, schedules, func(t *T) {
		ended := make(chan bool, 1)
		ctx := t.Context()
		sched.Go(0, func() {
			sched.Recv(0, ctx.Done())
			ended <- true
		})
		t.Cleanup(func() { sched.Recv(0, ended) })
	}))
}

func TestNative(t *testing.T) {
	var o order
	RunTop("native", func(t *T) {
		t.Run("sub", func(t *T) {
			t.Parallel()
			o.add(t.Name())
			t.Error("remembered only")
		})
		o.add(fmt.Sprint(t.Failed()))
		t.Cleanup(func() { o.add(fmt.Sprint(t.Failed())) })
	})
	assert.Equal(t, []string{"false", "native/sub", "true"}, o.list)
}
