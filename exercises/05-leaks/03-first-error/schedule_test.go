package firsterror_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/03-first-error"
	"heisenkata/exercises/internal/oracle"
)

// Two calls fail, and a third when it is told to stop. Download returns the error of one of
// the two, and drops what comes later. What brought the other one must end.
func TestScheduleTwoFail(t *testing.T) {
	said := []error{oracle.Sentinel("status 502"), oracle.Sentinel("status 503")}
	_, err := firsterror.Download(context.Background(), []int{0, 1, 2}, func(ctx context.Context, number int) ([]byte, error) {
		if number < 2 {
			return nil, said[number]
		}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	assert.NotEqual(t, errors.Is(err, said[0]), errors.Is(err, said[1]), "two calls failed, and Download returned: %v", err)
	assert.NotErrorIs(t, err, context.Canceled, "two calls failed, and one failed later, because it was told to stop")
}

// One call fails, and the other succeeds: before that, or while the caller already uses
// what Download has returned.
func TestScheduleLateChunk(t *testing.T) {
	down := oracle.Sentinel("mirror is down")
	chunks, err := firsterror.Download(context.Background(), []int{0, 1}, func(_ context.Context, number int) ([]byte, error) {
		if number == 0 {
			return nil, down
		}
		return []byte("chunk"), nil
	})
	oracle.AssertWraps(t, err, down, "a call failed")
	delete(chunks, 1) // the map is the caller's: it may write
	assert.Empty(t, chunks, "the caller has removed the only chunk that can have come")
}

// The caller cancels, and the call ignores that. Download waits for nothing else, at no
// moment at which the caller may cancel.
func TestScheduleCallerGivesUp(t *testing.T) {
	returned := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	chunks, err := firsterror.Download(ctx, []int{7}, func(context.Context, int) ([]byte, error) {
		<-returned
		return []byte("chunk"), nil
	})
	close(returned)
	oracle.AssertWraps(t, err, context.Canceled, "the caller has cancelled")
	assert.Empty(t, chunks, "the only call had not returned")
}

// One call fails, and the other ignores that.
func TestScheduleCallStays(t *testing.T) {
	returned, down := make(chan struct{}), oracle.Sentinel("mirror is down")
	chunks, err := firsterror.Download(context.Background(), []int{0, 1}, func(_ context.Context, number int) ([]byte, error) {
		if number == 0 {
			return nil, down
		}
		<-returned
		return []byte("chunk"), nil
	})
	close(returned)
	oracle.AssertWraps(t, err, down, "a call failed")
	assert.Empty(t, chunks, "the other call had not returned")
}
