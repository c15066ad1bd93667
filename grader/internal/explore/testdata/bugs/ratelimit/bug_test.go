// finds: wrong

// Package ratelimit lets one request pass per interval; the broken one reads the clock and the last time under two locks.
package ratelimit

import (
	"sync"
	"testing"
	"time"
)

const interval = time.Hour

type limiter struct {
	mu   sync.Mutex
	last time.Time
}

func (l *limiter) since() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.last)
}

// allowLoose lets two requests see the same old time.
func (l *limiter) allowLoose() bool {
	if l.since() < interval {
		return false
	}
	l.mu.Lock()
	l.last = time.Now()
	l.mu.Unlock()
	return true
}

// allow decides and notes the time in one step.
func (l *limiter) allow() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Sub(l.last) < interval {
		return false
	}
	l.last = now
	return true
}

// run starts both requests at once; a repaired limiter passes two only if an hour lies between them.
func run(t *testing.T, allow func(*limiter) bool) {
	l := &limiter{last: time.Now().Add(-2 * interval)}
	start := time.Now()
	var passed [2]bool
	var wg sync.WaitGroup
	for i := range passed {
		wg.Go(func() { passed[i] = allow(l) })
	}
	wg.Wait()
	if passed[0] && passed[1] && time.Since(start) < interval {
		t.Error("two requests passed in one interval")
	}
	if !passed[0] && !passed[1] {
		t.Error("no request passed")
	}
}

func TestBug(t *testing.T)   { run(t, (*limiter).allowLoose) }
func TestFixed(t *testing.T) { run(t, (*limiter).allow) }
