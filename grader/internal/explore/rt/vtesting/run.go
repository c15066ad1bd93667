package testing

import (
	"errors"
	"runtime"

	"heisenkata/grader/internal/explore/rt/sched"
)

const parallelConflict = `testing: test using t.Setenv, t.Chdir, or cryptotest.SetGlobalRandom can not use t.Parallel`

var errNilPanicOrGoexit = errors.New("test executed panic(nil) or runtime.Goexit")

// Run runs f as a subtest and waits until it has ended or calls Parallel.
func (t *T) Run(name string, f func(t *T)) bool {
	if t.bubble {
		panic("testing: t.Run called inside synctest bubble")
	}
	if t.cleaning.Load() {
		panic("testing: t.Run called during t.Cleanup")
	}
	name = t.names.unique(t.name, rewrite(name))
	return !sched.Chosen(name) || newT(name, t).start(f)
}

// Bubble runs f as the function of a synctest.Test in t.
func Bubble(t *T, f func(*T)) bool {
	if t.cleaning.Load() {
		panic("testing: synctest.Run called during t.Cleanup")
	}
	inner := newT(t.name, t)
	inner.bubble = true
	return inner.start(f)
}

// start runs f on a goroutine of its own. If that has called FailNow on a test
// further up, the calling goroutine ends as well.
func (t *T) start(f func(*T)) bool {
	sched.Go(0, func() { t.run(f) })
	if !sched.Recv(0, t.signal) {
		runtime.Goexit()
	}
	return !t.failed.Load()
}

// run runs the test function, subtests that wait and cleanups.
func (t *T) run(f func(*T)) {
	defer t.end()
	defer func() {
		if !t.state.hasSubs() {
			t.cleanUp()
		}
	}()
	f(t)
	t.finished.Swap(true)
}

// end is deferred by run: the function has returned, panicked or ended its
// goroutine.
func (t *T) end() {
	r, goOn := recover(), true
	if r == nil && !t.finished.Load() {
		r, goOn = t.cutShort()
	}
	panicked := false
	defer func() { // also when a cleanup calls FailNow
		if !panicked {
			t.signal <- goOn
		}
	}()
	if r == nil && t.state.hasSubs() {
		t.releaseSubs()
		r = t.cleanUpAfterPanic()
	}
	if r != nil {
		panicked = true
		t.die(r)
	}
	t.state.setDone()
}

// cutShort says what to make of a function that neither returned nor called
// FailNow or SkipNow on its own test.
func (t *T) cutShort() (r any, goOn bool) {
	for p := t.parent; p != nil; p = p.parent {
		if !p.finished.Load() {
			continue
		}
		if t.parallel {
			return errNilPanicOrGoexit, false
		}
		t.Errorf("%v: subtest may have called FailNow on a parent test", errNilPanicOrGoexit)
		return nil, false
	}
	return errNilPanicOrGoexit, true
}

// die panics with r once the cleanups of the test and of all above it have run.
func (t *T) die(r any) {
	t.mark()
	for p := t; p != nil; p = p.parent {
		if again := p.cleanUpAfterPanic(); again != nil {
			p.Logf("cleanup panicked with %v", again)
		}
	}
	panic(r)
}

// releaseSubs lets the parallel subtests run, and waits for them.
func (t *T) releaseSubs() {
	close(t.barrier)
	for s := t.state.takeSub(); s != nil; s = t.state.takeSub() {
		sched.Recv(0, s.signal)
	}
}

// Parallel pauses a subtest until the function of its parent has returned. For
// a top-level test it has no effect: there is no other test.
func (t *T) Parallel() {
	if t.parallel {
		panic("testing: t.Parallel called multiple times")
	}
	if t.bubble {
		panic("testing: t.Parallel called inside synctest bubble")
	}
	if t.denyParallel {
		panic(parallelConflict)
	}
	t.parallel = true
	if t.parent == nil {
		return
	}
	t.parent.state.addSub(t)
	t.signal <- true
	sched.Recv(0, t.parent.barrier)
}

// Cleanup registers a function to call when the test and all its subtests have
// ended, the last one first.
func (t *T) Cleanup(f func()) { t.state.push(f) }

// cleanUp runs the cleanups, all of them even if one panics.
func (t *T) cleanUp() {
	t.cleaning.Store(true)
	defer t.cleaning.Store(false)
	defer func() {
		if t.state.hasCleanups() {
			t.cleanUp()
		}
	}()
	t.cancelContext()
	for f := t.state.pop(); f != nil; f = t.state.pop() {
		f()
	}
}

func (t *T) cleanUpAfterPanic() (r any) {
	defer func() { r = recover() }()
	t.cleanUp()
	return nil
}

// cancelContext cancels the test's context: at a point, if the test has asked for it.
func (t *T) cancelContext() {
	switch {
	case t.cancel == nil:
	case t.state.contextAsked() && t.ctx.Err() == nil:
		sched.CancelAt(0, t.cancel)()
	default:
		t.cancel()
	}
}
