package batcherror_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/01-batch-error"
	"heisenkata/exercises/internal/oracle"
)

// One call fails, the other is well.
func TestScheduleFailureAndSuccess(t *testing.T) {
	urls, down := someURLs(2), oracle.Sentinel("503 service unavailable")
	bodies, err := batcherror.Fetch(context.Background(), urls, func(_ context.Context, url string) ([]byte, error) {
		if url == urls[0] {
			return nil, down
		}
		return []byte("fine"), nil
	})
	assertReports(t, err, urls[0], down, "one call failed, the other was well, and the failure is lost")
	assert.Empty(t, bodies, "there are no bodies when Fetch fails")
}

// One call fails, the other gives up if it is told to.
func TestScheduleFailureAndGivingUp(t *testing.T) {
	urls, down := someURLs(2), oracle.Sentinel("503 service unavailable")
	err := batcherror.Check(context.Background(), urls, func(ctx context.Context, url string) error {
		if url == urls[1] {
			return down
		}
		return ctx.Err()
	})
	assertReports(t, err, urls[1], down, "one call failed, the other was well or was cancelled, and the failure is lost")
}
