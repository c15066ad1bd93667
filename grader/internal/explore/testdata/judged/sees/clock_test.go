package sees

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"
)

// What two looks at the clock tell, a machine could.
//
// want: pass
func TestTwoLooks(t *testing.T) {
	var mu sync.Mutex
	apart := map[time.Duration]bool{}
	for range 100 {
		a := time.Now()
		b := time.Now()
		apart[b.Sub(a)] = true
		if d := b.Sub(a); d < 20 || d > time.Millisecond {
			t.Error(d)
		}
		mu.Lock()
		mu.Unlock()
	}
	if len(apart) < 5 {
		t.Error("always the same time: ", apart)
	}
}

// want: pass
func TestDeadlines(t *testing.T) {
	at := time.Now().Add(time.Hour)
	one, stop := context.WithDeadline(context.Background(), at)
	defer stop()
	two, stop := context.WithDeadline(context.Background(), at)
	defer stop()
	for _, ctx := range []context.Context{one, two} {
		if d, ok := ctx.Deadline(); !ok || !d.Equal(at) {
			t.Error(d, at)
		}
	}
	three, stop := context.WithTimeout(two, time.Minute)
	defer stop()
	a, _ := three.Deadline()
	four, stop := context.WithTimeout(two, time.Minute)
	defer stop()
	b, _ := four.Deadline()
	if d := b.Sub(a); d < 20 || d > time.Millisecond {
		t.Error(d)
	}
	<-three.Done()
	if time.Now().Before(a) || context.Cause(three) != context.DeadlineExceeded {
		t.Error("too early")
	}
}

// A deadline that has passed by the time it is looked at needs no timer.
//
// want: pass
func TestDeadlineAtOnce(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	mu.Unlock()
	ctx, stop := context.WithTimeout(context.Background(), time.Nanosecond)
	defer stop()
	if ctx.Err() != context.DeadlineExceeded {
		t.Error(ctx.Err())
	}
}

// want: pass
func TestLongestTimer(t *testing.T) {
	time.Now()
	never := time.NewTimer(math.MaxInt64)
	ctx, stop := context.WithTimeout(context.Background(), math.MaxInt64)
	defer stop()
	select {
	case <-never.C:
		t.Error("a timer of 292 years")
	case <-ctx.Done():
		t.Error("a context of 292 years")
	case <-time.After(time.Hour):
	}
}

// No timer goes off before its time, by any clock.
//
// want: pass
func TestTimersAreNotEarly(t *testing.T) {
	for range 20 {
		start := time.Now()
		if d := (<-time.After(time.Second)).Sub(start); d < time.Second {
			t.Error("After:", d)
		}
		start = time.Now()
		time.Sleep(time.Second)
		if d := time.Since(start); d < time.Second || d > 2*time.Second {
			t.Error("Sleep:", d)
		}
		start = time.Now()
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		<-ctx.Done()
		if d := time.Since(start); d < time.Second || d > 2*time.Second {
			t.Error("WithTimeout:", d)
		}
		stop()
		tick := time.NewTicker(time.Second)
		start = time.Now()
		<-tick.C
		if d := time.Since(start); d < time.Second-time.Microsecond {
			t.Error("NewTicker:", d)
		}
		tick.Stop()
	}
}

// To the explorer's own looks at the clock a test's writes to time.Local are nothing.
//
// want: pass
func TestLocal(t *testing.T) {
	old := time.Local
	defer func() { time.Local = old }()
	done := make(chan bool)
	go func() { time.Sleep(time.Second); done <- true }()
	time.Local = time.UTC
	if time.Now().Location() != time.UTC {
		t.Error("not UTC")
	}
	<-done
}
