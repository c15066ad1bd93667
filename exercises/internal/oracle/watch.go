package oracle

import (
	"context"

	"heisenkata/exercises/internal/life/request"
)

// Watched is a context that counts how often its methods are called.
type Watched = request.Context

// Watch returns a Context that wraps ctx.
func Watch(ctx context.Context) *Watched { return request.Watch(ctx) }
