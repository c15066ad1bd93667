package oracle

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
)

// AssertReleased fails t if a context that was made from ctx is still registered
// with it once every other goroutine is blocked or has ended. It stays registered,
// and in memory, until its cancel function has been called, its deadline has
// passed, or ctx is done. The story says what has ended.
//
// Only in a synctest bubble and under the explorer is it known whether all others are
// blocked. Elsewhere it does nothing, nor if the deadline of ctx has passed or the test
// has already failed.
func AssertReleased(t testing.TB, ctx context.Context, story string) {
	t.Helper()
	if t.Failed() || !othersAreBlocked() || ctx.Err() != nil {
		return
	}
	contexts, functions := registered(ctx)
	if ctx.Err() != nil { // the deadline has just passed, and the registered contexts are being cancelled one by one
		return
	}
	if contexts > 0 {
		t.Errorf("%s, but a context made for it is still registered with the caller's context: its cancel function was never called", story)
	}
	if functions > 0 {
		t.Errorf("%s, but a function is still registered with the caller's context: it was passed to AfterFunc and never stopped", story)
	}
}

// othersAreBlocked waits until all other goroutines are blocked. It returns false if that cannot be known.
func othersAreBlocked() (known bool) {
	defer func() { known = recover() == nil }()
	synctest.Wait()
	return
}

// registered counts the contexts and AfterFuncs that are registered with a
// context of package context. They are in an unexported field. A context type
// of our own would be told of them by its method AfterFunc, but not if the code
// under test wraps it, and it would cancel them later than a real one does. If
// a Go version renames the field, nothing is found, and the test of
// AssertReleased fails.
func registered(ctx context.Context) (contexts, functions int) {
	v := reflect.Indirect(reflect.ValueOf(ctx))
	if v.Kind() != reflect.Struct {
		return 0, 0
	}
	children := v.FieldByName("children")
	if children.Kind() != reflect.Map {
		return 0, 0
	}
	lock := func() { context.AfterFunc(ctx, func() {})() } // ctx is not done: this acquires the lock that guards the field
	lock()
	defer lock()
	for _, child := range children.MapKeys() {
		if child.Elem().Type().String() == "*context.afterFuncCtx" {
			functions++
		} else {
			contexts++
		}
	}
	return contexts, functions
}
