package runtime

import (
	"runtime"

	"heisenkata/grader/internal/explore/rt/sched"
)

// The runtime calls finalizers and cleanups when it likes, on goroutines of its
// own, which may touch nothing of a bubble: locks and channels of a schedule, even
// of one that has long ended. So what is under control registers none, as if no
// collection came in time. A test that asks for a collection after that is one
// that waits for them.

// SetFinalizer stands for runtime.SetFinalizer.
func SetFinalizer(obj, finalizer any) {
	if !sched.Active() {
		runtime.SetFinalizer(obj, finalizer)
		return
	}
	if finalizer != nil {
		sched.NoteFinalizer()
	}
}

// AddCleanup stands for runtime.AddCleanup.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if !sched.Active() {
		return runtime.AddCleanup(ptr, cleanup, arg)
	}
	sched.NoteFinalizer()
	return runtime.Cleanup{}
}

// GC stands for runtime.GC.
func GC() {
	if sched.Finalizers() {
		sched.Report(sched.Unexplorable, "it waits for a finalizer or cleanup, which no schedule decides")
	}
	runtime.GC()
}
