package runtime

import (
	"reflect"
	"runtime"
	"weak"

	"heisenkata/grader/internal/explore/rt/sched"
)

// The runtime calls finalizers and cleanups when it likes, on goroutines of its
// own, which may touch nothing of a bubble: locks and channels of a schedule, even
// of one that has long ended. So those of what is under control only note what was
// collected, and no collection comes in time. Where goroutines are left after the
// test, they are called then, since they may be what ends those. A test that asks for
// a collection itself may wait for them: if it fails after that, it cannot be explored.

// SetFinalizer stands for runtime.SetFinalizer.
func SetFinalizer(obj, finalizer any) {
	if !sched.Active() {
		runtime.SetFinalizer(obj, finalizer)
		return
	}
	if finalizer == nil {
		runtime.SetFinalizer(obj, nil)
		return
	}
	collected := sched.NoteFinalizer()
	runtime.SetFinalizer(obj, func(o any) {
		collected(func() { reflect.ValueOf(finalizer).Call([]reflect.Value{reflect.ValueOf(o)}) })
	})
}

// AddCleanup stands for runtime.AddCleanup.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if !sched.Active() {
		return runtime.AddCleanup(ptr, cleanup, arg)
	}
	collected := sched.NoteFinalizer()
	return runtime.AddCleanup(ptr, func(arg S) { collected(func() { cleanup(arg) }) }, arg)
}

// MakeWeak stands for weak.Make.
func MakeWeak[T any](ptr *T) weak.Pointer[T] {
	sched.NoteWeak()
	return weak.Make(ptr)
}

// GC stands for runtime.GC.
func GC() {
	sched.NoteCollection()
	runtime.GC()
}
