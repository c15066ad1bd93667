// Package unseen has tests that fail in one of two orders, by means that are no points. None of them is proven to pass.
package unseen

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

// inOrder runs two functions that are not ordered, and wants what they do to look as if the first one came first.
func inOrder(t *testing.T, first, second func() bool) {
	var wg sync.WaitGroup
	var one, two bool
	wg.Go(func() { one = first() })
	wg.Go(func() { two = second() })
	wg.Wait()
	if !one || !two {
		t.Error("the other order")
	}
}

func TestLen(t *testing.T) {
	ch := make(chan int, 1)
	inOrder(t, func() bool { ch <- 1; return true }, func() bool { return len(ch) == 1 })
}

func TestLenThenSend(t *testing.T) {
	ch := make(chan int, 1)
	send := func() bool {
		if len(ch) == 0 {
			ch <- 1
		}
		return true
	}
	inOrder(t, send, send)
}

func TestNamedLen(t *testing.T) {
	type lane chan int
	ch := make(lane, 1)
	inOrder(t, func() bool { ch <- 1; return true }, func() bool { n := len((ch)); return n == 1 })
}

func TestStopTimer(t *testing.T) {
	tm := time.NewTimer(time.Hour)
	inOrder(t, tm.Stop, func() bool { return !tm.Stop() })
}

func TestResetTimer(t *testing.T) {
	tm := time.NewTimer(time.Hour)
	inOrder(t, tm.Stop, func() bool { return !tm.Reset(time.Minute) })
	tm.Stop()
}

func TestNow(t *testing.T) {
	var a, b time.Time
	inOrder(t, func() bool { a = time.Now(); return true }, func() bool { b = time.Now(); return true })
	if b.Before(a) {
		t.Error("the other order")
	}
}

func TestErr(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	inOrder(t, func() bool { cancel(); return true }, func() bool { return ctx.Err() != nil })
}

func TestCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	inOrder(t, func() bool { cancel(io.EOF); return true }, func() bool { return context.Cause(ctx) == io.EOF })
}

func TestDraws(t *testing.T) {
	var a, b uint64
	inOrder(t, func() bool { a = rand.Uint64(); return true }, func() bool { b = rand.Uint64(); return true })
	if a < b {
		t.Error("one of two orders")
	}
}

func TestGoroutines(t *testing.T) {
	n := runtime.NumGoroutine()
	inOrder(t, func() bool { return true }, func() bool { return runtime.NumGoroutine() <= n+1 })
}

func TestEnvironment(t *testing.T) {
	os.Unsetenv("UNSEEN")
	inOrder(t, func() bool { os.Setenv("UNSEEN", "1"); return true }, func() bool { return os.Getenv("UNSEEN") == "1" })
}

func TestFile(t *testing.T) {
	name := t.TempDir() + "/x"
	inOrder(t, func() bool { return os.WriteFile(name, nil, 0o600) == nil }, func() bool { _, err := os.Stat(name); return err == nil })
}

func TestPipe(t *testing.T) {
	r, w := io.Pipe()
	var got [2]byte
	go func() {
		w.Write([]byte{1})
		w.Close()
	}()
	go func() { w.Write([]byte{2}) }()
	io.ReadFull(r, got[:])
	if got[0] == 2 {
		t.Error("the other order")
	}
	r.Close()
}

func TestFailed(t *testing.T) {
	inOrder(t, func() bool { t.Fail(); return true }, func() bool { return t.Failed() })
}

func TestPool(t *testing.T) {
	p := sync.Pool{New: func() any { return 0 }}
	inOrder(t, func() bool { p.Put(1); return true }, func() bool { return p.Get() == 1 })
}

func TestMap(t *testing.T) {
	var m sync.Map
	inOrder(t, func() bool { m.Store(1, 1); return true }, func() bool { _, ok := m.Load(1); return ok })
}
