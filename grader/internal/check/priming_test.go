package check

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
)

// `watch` stops gradings at any time, and goes on with the same lab.
func TestAnInterruptedPrimingIsDoneAgain(t *testing.T) {
	times := 0
	var p priming
	prime := func(ctx context.Context) error {
		return p.do(ctx, &Lab{}, func([]string) error { times++; return ctx.Err() })
	}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, prime(interrupted), context.Canceled)
	assert.NoError(t, prime(t.Context()))
	assert.NoError(t, prime(t.Context()))
	assert.Equal(t, 2, times)
}
