package querytimeout_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/oracle"
)

// The caller has given up before the server answers. What is left of the query
// must end with the answer.
func TestScheduleAnswerComesTooLate(t *testing.T) {
	returned := make(chan struct{})
	c := querytimeout.Client{Limit: time.Second, Ask: func(context.Context, string) ([]string, error) {
		<-returned
		return []string{"too late"}, nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := c.Query(ctx, "query")
	oracle.AssertWraps(t, err, context.Canceled, "the caller had given up, and the server had not answered")
	close(returned)
}

// The caller gives up while the answer is on its way. Query may return the one
// or the other; the goroutine that asked must end in either case.
func TestScheduleAnswerMeetsCancel(t *testing.T) {
	c := querytimeout.Client{Limit: time.Second, Ask: func(context.Context, string) ([]string, error) {
		return []string{"row"}, nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(cancel)
	rows, err := c.Query(ctx, "query")
	group.Wait()
	if err == nil {
		assert.Equal(t, []string{"row"}, rows)
	} else {
		oracle.AssertWraps(t, err, context.Canceled, "the server had answered, or the caller had given up")
	}
}

// The same with a busy server: more than one answer may come too late.
func TestScheduleBusyMeetsCancel(t *testing.T) {
	c := querytimeout.Client{Limit: time.Second, Ask: func(context.Context, string) ([]string, error) {
		return nil, querytimeout.ErrBusy
	}}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(cancel)
	_, err := c.Query(ctx, "query")
	group.Wait()
	if !errors.Is(err, querytimeout.ErrBusy) {
		oracle.AssertWraps(t, err, context.Canceled, "the server was busy, or the caller had given up")
	}
}

// A server that was busy answers at once when it is asked again. Neither answer
// is lost, whether or not somebody waits for it already.
func TestScheduleSecondAnswerIsAtOnce(t *testing.T) {
	var asked atomic.Int64
	c := querytimeout.Client{Limit: time.Minute, Ask: func(context.Context, string) ([]string, error) {
		if asked.Add(1) == 1 {
			return nil, querytimeout.ErrBusy
		}
		return []string{"row"}, nil
	}}
	rows, err := c.Query(context.Background(), "query")
	assert.NoError(t, err, "the server was busy once, and when it was asked again it answered at once")
	assert.Equal(t, []string{"row"}, rows)
}
