package request

import (
	"context"
	"time"
)

// due is a context with a deadline that the server enforces.
type due struct {
	context.Context
	deadline time.Time
}

// Due returns a context with a deadline. It has no timer: whatever ends ctx ends it.
func Due(ctx context.Context, deadline time.Time) context.Context { return due{ctx, deadline} }

func (d due) Deadline() (time.Time, bool) { return d.deadline, true }
