package watch

import (
	"context"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// endless is a session with one grading, which only ends when it is stopped.
func endless(began chan<- struct{}, ended *atomic.Bool) Session {
	s := (&desk{saves: map[string]chan struct{}{}}).session()
	s.Standings = func() []Standing { return nil }
	s.Grade = func(ctx context.Context, e kata.Exercise, tell func(Progress)) (grade.Report, error) {
		tell(Progress{Done: 1, Total: 2})
		close(began)
		<-ctx.Done()
		tell(Progress{Done: 2, Total: 2}) // may come when there is no screen any more
		time.Sleep(50 * time.Millisecond) // so that a Run that does not wait is seen to be too early
		ended.Store(true)
		return graded(e, evidence.Race), nil
	}
	return s
}

func TestRunEndsWithNothingLeftRunning(t *testing.T) {
	for name, leave := range map[string]func(in io.Writer, cancel func()){
		"by a key":     func(in io.Writer, _ func()) { _, _ = io.WriteString(in, "q") },
		"by a context": func(_ io.Writer, cancel func()) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			in, typed := io.Pipe()
			defer typed.Close()
			began, ended := make(chan struct{}), atomic.Bool{}
			go func() {
				<-began
				leave(typed, cancel)
			}()
			require.NoError(t, Run(ctx, endless(began, &ended), in, io.Discard))
			assert.True(t, ended.Load())
		})
	}
}
