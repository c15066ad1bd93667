package batcherror_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/01-batch-error"
)

var twoURLs = []string{"a.example", "b.example"}

// One call fails, the other is well.
func TestScheduleFailureAndSuccess(t *testing.T) {
	down := errors.New("503 service unavailable")
	bodies, err := batcherror.Fetch(context.Background(), twoURLs, func(_ context.Context, url string) ([]byte, error) {
		if url == "a.example" {
			return nil, down
		}
		return []byte("fine"), nil
	})
	assertReports(t, err, "a.example", down, "one call failed, the other was well, and the failure is lost")
	assert.Empty(t, bodies, "there are no bodies when Fetch fails")
}

// Both calls fail.
func TestScheduleTwoFailures(t *testing.T) {
	gone, down := errors.New("410 gone"), errors.New("503 service unavailable")
	err := batcherror.Check(context.Background(), twoURLs, func(_ context.Context, url string) error {
		if url == "a.example" {
			return gone
		}
		return down
	})
	assert.True(t, reports(err, "a.example", gone) || reports(err, "b.example", down),
		"both failed, and Check names neither of them together with what it said: %v", err)
}

// One call fails, the other gives up if it is told to.
func TestScheduleFailureAndGivingUp(t *testing.T) {
	down := errors.New("503 service unavailable")
	err := batcherror.Check(context.Background(), twoURLs, func(ctx context.Context, url string) error {
		if url == "b.example" {
			return down
		}
		return ctx.Err()
	})
	assertReports(t, err, "b.example", down, "one call failed, the other was well or was cancelled, and the failure is lost")
}

// One call fails at once, the other takes its time to end.
func TestScheduleReturnsAfterTheLastCall(t *testing.T) {
	down := errors.New("503 service unavailable")
	var ended atomic.Int64
	err := batcherror.Check(context.Background(), twoURLs, func(_ context.Context, url string) error {
		defer ended.Add(1)
		if url == "a.example" {
			return down
		}
		return nil
	})
	assert.EqualValues(t, 2, ended.Load(), "two calls were made, and Check returned before both had ended")
	assertReports(t, err, "a.example", down, "one call failed, the other was well, and the failure is lost")
}
