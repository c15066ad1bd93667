package life

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"heisenkata/exercises/internal/life/request"
)

// contexts create one context of each kind, and what ends it. None has a timer: a
// pending timer would hide a deadlock.
var contexts = []func(r *rand.Rand) (ctx context.Context, end func()){
	func(*rand.Rand) (context.Context, func()) { return context.Background(), func() {} },
	func(*rand.Rand) (context.Context, func()) { return cancellable() },
	func(*rand.Rand) (context.Context, func()) {
		ctx, end := cancellable()
		return request.Watch(ctx), end
	},
	func(r *rand.Rand) (context.Context, func()) {
		ctx, end := cancellable()
		return request.Due(ctx, time.Now().AddDate(1+r.IntN(9), 0, r.IntN(365))), end
	},
	func(*rand.Rand) (context.Context, func()) {
		ctx, end := cancellable()
		end()
		return ctx, end
	},
	func(r *rand.Rand) (context.Context, func()) {
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Duration(r.IntN(int(time.Hour)))))
		return ctx, cancel
	},
}

// cancellable returns a context that ends with a cause, which is not its error.
func cancellable() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	return ctx, func() { cancel(errors.New("the client has hung up")) }
}

// Context draws a context as callers have it: one that never ends, one that can be
// cancelled, also of a type of the caller's, one with a deadline years ahead, or one
// that is done already. end ends it, unless it never ends.
func Context(r *rand.Rand) (ctx context.Context, end func()) {
	return contexts[r.IntN(len(contexts))](r)
}
