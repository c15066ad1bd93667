package querytimeout_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/oracle"
)

// The caller cancels before the server answers. What is left of the query must end
// once the server answers.
func TestScheduleAnswerComesTooLate(t *testing.T) {
	returned := make(chan struct{})
	c := querytimeout.Client{Limit: time.Second, Ask: func(context.Context, string) ([]string, error) {
		<-returned
		return []string{"too late"}, nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	began := time.Now()
	_, err := c.Query(ctx, "query")
	if time.Since(began) >= c.Limit && errors.Is(err, context.DeadlineExceeded) {
		err = context.Canceled // on a slow machine both have happened, and Query may return either
	}
	oracle.AssertWraps(t, err, context.Canceled, "the caller had cancelled, and the server had not answered")
	close(returned)
}
