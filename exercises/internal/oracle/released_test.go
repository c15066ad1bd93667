package oracle_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

// However a context is made, it is registered until it is done.
func TestAssertReleased(t *testing.T) {
	const context1, function = "a context made for it is still registered", "a function is still registered"
	type key struct{}
	for name, c := range map[string]struct {
		use  func(ctx context.Context)
		want string // "": no failure
	}{
		"nothing":          {func(context.Context) {}, ""},
		"a value":          {func(ctx context.Context) { keep(context.WithValue(ctx, key{}, 1)) }, ""},
		"cancelled":        {func(ctx context.Context) { _, cancel := context.WithCancel(ctx); cancel() }, ""},
		"cancelled later":  {func(ctx context.Context) { _, cancel := context.WithCancel(ctx); go cancel() }, ""},
		"expired":          {func(ctx context.Context) { keep(context.WithTimeout(ctx, time.Second)); time.Sleep(time.Minute) }, ""},
		"stopped function": {func(ctx context.Context) { context.AfterFunc(ctx, func() {})() }, ""},

		"not cancelled":      {func(ctx context.Context) { keep(context.WithCancel(ctx)) }, context1},
		"behind a value":     {func(ctx context.Context) { keep(context.WithCancel(context.WithValue(ctx, key{}, 1))) }, context1},
		"behind one of ours": {func(ctx context.Context) { keep(context.WithCancel(oracle.Watch(ctx))) }, context1},
		"with a cause":       {func(ctx context.Context) { keep(context.WithCancelCause(ctx)) }, context1},
		"not expired":        {func(ctx context.Context) { keep(context.WithTimeout(ctx, time.Hour)) }, context1},
		"function":           {func(ctx context.Context) { context.AfterFunc(ctx, func() {}) }, function},
	} {
		for _, limit := range []time.Duration{0, 24 * time.Hour} {
			t.Run(fmt.Sprintf("%s, deadline %v", name, limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := caller(limit)
					defer cancel()
					inner := &told{TB: t}
					c.use(ctx)
					oracle.AssertReleased(inner, ctx, "The call has returned")
					assert.Equal(t, c.want == "", inner.text == "", inner.text)
					assert.Contains(t, inner.text, c.want)
				})
			})
		}
	}
}

func caller(limit time.Duration) (context.Context, context.CancelFunc) {
	if limit > 0 {
		return context.WithTimeout(context.Background(), limit)
	}
	return context.WithCancel(context.Background())
}

// keep uses up a context and its cancel function.
func keep(...any) {}

// Outside a bubble, a goroutine may be about to cancel. A deadline may have passed.
// And a context of another type registers nothing.
func TestAssertReleasedDoesNotGuess(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	keep(context.WithCancel(ctx))
	inner := &told{TB: t}
	oracle.AssertReleased(inner, ctx, "The call has returned")
	synctest.Test(t, func(*testing.T) {
		timed, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		keep(context.WithCancel(timed))
		time.Sleep(time.Hour)
		oracle.AssertReleased(inner, timed, "The call has returned")
		oracle.AssertReleased(inner, context.Background(), "The call has returned")
		oracle.AssertReleased(inner, oracle.Watch(context.Background()), "The call has returned")
	})
	assert.Empty(t, inner.text)
}
