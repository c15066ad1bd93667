package firsterror_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/03-first-error"
	"heisenkata/exercises/internal/oracle"
)

// Both calls fail, and Download returns one of the errors. What brought the other one must end.
func TestScheduleTwoFail(t *testing.T) {
	said := []error{oracle.Sentinel("status 502"), oracle.Sentinel("status 503")}
	_, err := firsterror.Download(context.Background(), []int{0, 1}, func(_ context.Context, number int) ([]byte, error) {
		return nil, said[number]
	})
	assert.True(t, errors.Is(err, said[0]) || errors.Is(err, said[1]), "both calls failed, and Download returned: %v", err)
}

// One call fails. The other succeeds while the caller already uses what Download has
// returned.
func TestScheduleLateChunk(t *testing.T) {
	down, returned := oracle.Sentinel("mirror is down"), make(chan struct{})
	chunks, err := firsterror.Download(context.Background(), []int{0, 1}, func(_ context.Context, number int) ([]byte, error) {
		if number == 0 {
			return nil, down
		}
		<-returned
		return []byte("too late"), nil
	})
	oracle.AssertWraps(t, err, down, "a call failed")
	close(returned)
	for number, chunk := range chunks {
		t.Errorf("chunk %d had not come, but it is in the map: %q", number, chunk)
	}
	delete(chunks, 1) // the map is the caller's: it may write
}
