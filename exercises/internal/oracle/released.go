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
// passed, or ctx is over. The story says what has ended.
//
// Whether all others are blocked is known in a synctest bubble, and to the
// explorer. Elsewhere it says nothing, nor about a ctx whose deadline has passed,
// nor in a test that has failed.
func AssertReleased(t testing.TB, ctx context.Context, story string) {
	t.Helper()
	if t.Failed() || !othersAreBlocked() || ctx.Err() != nil {
		return
	}
	contexts, functions := registered(ctx)
	if ctx.Err() != nil { // a deadline has just passed, and ends what is registered one by one
		return
	}
	if contexts > 0 {
		t.Errorf("%s, and a context made for it is still registered with the caller's context: its cancel function was never called", story)
	}
	if functions > 0 {
		t.Errorf("%s, and a function is still registered with the caller's context: it was given to AfterFunc and never stopped", story)
	}
}

// othersAreBlocked waits until they are, and is false if nothing can know.
func othersAreBlocked() (known bool) {
	defer func() { known = recover() == nil }()
	synctest.Wait()
	return
}

// registered counts the contexts and the AfterFuncs that a context of package
// context has to end when it is over. They are in a field that is not exported. A
// context of our own would be told of them, through a method AfterFunc, but not if
// the code under test wraps it, and would end them later than a real one does. If a
// version of Go renames the field, nothing is found, and the test of AssertReleased
// fails.
func registered(ctx context.Context) (contexts, functions int) {
	v := reflect.Indirect(reflect.ValueOf(ctx))
	if v.Kind() != reflect.Struct {
		return 0, 0
	}
	children := v.FieldByName("children")
	if children.Kind() != reflect.Map {
		return 0, 0
	}
	lock := func() { context.AfterFunc(ctx, func() {})() } // ctx is not over: this takes the lock that guards the field
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
