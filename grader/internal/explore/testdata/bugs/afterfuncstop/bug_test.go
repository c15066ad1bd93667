// finds: race

// Package afterfuncstop holds a lease that a timer ends; the broken release believes that Stop also waits for the function.
package afterfuncstop

import (
	"testing"
	"time"
)

type lease struct {
	timer   *time.Timer
	fired   chan struct{}
	expired bool
}

func take(d time.Duration) *lease {
	l := &lease{fired: make(chan struct{})}
	l.timer = time.AfterFunc(d, func() {
		l.expired = true
		close(l.fired)
	})
	return l
}

// releaseLoose reads the field while the function may be writing it.
func (l *lease) releaseLoose() bool {
	l.timer.Stop()
	return l.expired
}

// release waits for the function if Stop came too late.
func (l *lease) release() bool {
	if !l.timer.Stop() {
		<-l.fired
	}
	return l.expired
}

func run(t *testing.T, release func(*lease) bool) {
	l := take(time.Millisecond)
	time.Sleep(time.Millisecond)
	expired := release(l)
	select {
	case <-l.fired:
		if !expired {
			t.Error("the lease has expired, but release says no")
		}
	default:
		if expired {
			t.Error("the lease has not expired, but release says yes")
		}
	}
}

func TestBug(t *testing.T)   { run(t, (*lease).releaseLoose) }
func TestFixed(t *testing.T) { run(t, (*lease).release) }
