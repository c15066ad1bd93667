package batcherror_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/02-batch-error"
	"heisenkata/exercises/internal/oracle"
)

// One call fails, the other succeeds.
func TestScheduleFailureAndSuccess(t *testing.T) {
	urls, down := someURLs(2), oracle.Sentinel("503 service unavailable")
	bodies, err := batcherror.Fetch(context.Background(), urls, func(_ context.Context, url string) ([]byte, error) {
		if url == urls[0] {
			return nil, down
		}
		return []byte("fine"), nil
	})
	assertReports(t, err, urls[0], down, "one call failed, the other succeeded, and the failure is lost")
	assert.Empty(t, bodies, "Fetch must return no bodies if it fails")
}

// One call fails, the other returns early if it is cancelled.
func TestScheduleFailureAndGivingUp(t *testing.T) {
	urls, down := someURLs(2), oracle.Sentinel("503 service unavailable")
	err := batcherror.Check(context.Background(), urls, func(ctx context.Context, url string) error {
		if url == urls[1] {
			return down
		}
		return ctx.Err()
	})
	assertReports(t, err, urls[1], down, "one call failed, the other succeeded or was cancelled, and the failure is lost")
}
