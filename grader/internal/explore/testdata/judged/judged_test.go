// Package judged has tests that the explorer once judged wrongly. A comment says
// what each has to come to, and, after a colon, what has to be said of it.
package judged

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// want: running: it loops at
func TestNeverEnds(*testing.T) {
	var stop atomic.Bool
	for !stop.Load() {
	}
}

// Only some schedules end: those in which the flag is set before it is looked at, which
// is not so in one of the first two.
//
// want: running: it loops at
func TestEndsAtTimes(*testing.T) {
	var set, seen atomic.Int32
	for range 4 {
		go set.Add(1)
	}
	for seen.Store(set.Load()); seen.Load() < 4; {
		runtime.Gosched()
	}
}

// It takes a stall to get to the loop, which is no reason to set it aside.
//
// want: running: it loops at
func TestNeverEndsAfterAStall(*testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for ctx.Err() == nil {
	}
	var stop atomic.Bool
	for !stop.Load() {
	}
}

// A safety net of a minute is not what 600 steps are to be caught by.
//
// want: wrong: this always fails
func TestSafetyNet(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	for range 600 {
		mu.Lock()
		mu.Unlock()
	}
	if ctx.Err() != nil {
		t.Fatal("a minute has passed")
	}
	t.Fatal("this always fails")
}

// Each schedule forces the timeout, since the loop looks at the clock.
//
// want: timing: the time was up
func TestWaitsForTheClock(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for began := time.Now(); time.Since(began) < time.Minute; {
		if ctx.Err() != nil {
			t.Fatal("the time was up")
		}
	}
}

// The deadlock follows from a safety net that no machine is slow enough for.
//
// want: pass
func TestGivesUp(*testing.T) {
	ready, step, done := make(chan bool, 1), make(chan bool), make(chan bool)
	go func() {
		ready <- true
		<-step
		done <- true
	}()
	select {
	case <-ready:
		step <- true
	case <-time.After(10 * time.Second):
	}
	<-done
}

// The sender can still run, and there is room.
//
// want: pass
func TestLateSender(*testing.T) {
	_ = time.After(2 * time.Minute)
	room := make(chan int, 1)
	go func() { room <- 1 }()
}

// The goroutine ends as soon as it runs again.
//
// want: pass
func TestQuits(*testing.T) {
	quit := make(chan struct{})
	go func() {
		select {
		case <-time.After(5 * time.Minute):
		case <-quit:
		}
	}()
	close(quit)
}

func tick(every time.Duration) {
	t := time.NewTicker(every)
	go func() {
		for {
			<-t.C
		}
	}()
}

// want: leak
func TestSlowTicker(*testing.T) { tick(time.Second) }

// want: leak
func TestFastTicker(*testing.T) { tick(time.Millisecond) }

// want: leak
func TestSpinsOn(*testing.T) {
	var stop atomic.Bool
	go func() {
		for !stop.Load() {
		}
	}()
}

// A beat goes on until it is stopped.
//
// want: pass
func TestBeat(*testing.T) {
	var n atomic.Int64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-time.After(time.Millisecond):
				go n.Add(1)
			case <-stop:
				return
			}
		}
	}()
	time.Sleep(time.Millisecond)
	n.Add(1)
	n.Add(1)
	close(stop)
	<-done
}

// Many start, few live.
//
// want: pass
func TestStartsMany(*testing.T) {
	var n atomic.Int64
	for range 4200 {
		done := make(chan bool)
		go func() { n.Add(1); close(done) }()
		<-done
	}
}

type box struct{ mu *sync.Mutex }

// A finalizer of an earlier schedule takes a lock of its bubble.
//
// want: pass
func TestFinalizer(*testing.T) {
	b := &box{&sync.Mutex{}}
	runtime.SetFinalizer(b, func(b *box) {
		b.mu.Lock()
		b.mu.Unlock()
	})
	c := &box{&sync.Mutex{}}
	runtime.AddCleanup(c, func(mu *sync.Mutex) { mu.Lock() }, &sync.Mutex{}).Stop()
	done := make(chan int)
	go func() { done <- 1 }()
	<-done
}

// No schedule decides when a signal comes.
//
// want: unexplorable: asks for signals
func TestSignal(*testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}

// want: unexplorable: it sends a signal
func TestSendsASignal(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-c
}

// A program that ends at a signal, or when it is told to.
//
// want: pass
func TestSignalDoesNotCome(t *testing.T) {
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	quit, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		defer signal.Stop(c)
		select {
		case <-c:
		case <-ctx.Done():
			t.Error("no signal was sent")
		case <-quit:
		}
	}()
	close(quit)
	<-done
}

// A program that is not there is not started.
//
// want: pass
func TestNoSuchProgram(t *testing.T) {
	failed := make(chan error)
	go func() { failed <- exec.Command("there-is-no-such-program").Run() }()
	if <-failed == nil {
		t.Error("there is")
	}
}

// want: unexplorable: finalizer
func TestWaitsForFinalizer(*testing.T) {
	done := make(chan int, 1)
	runtime.SetFinalizer(&box{}, func(*box) { done <- 1 })
	runtime.GC()
	<-done
}

// want: unexplorable: finalizer
func TestLooksForFinalizer(t *testing.T) {
	var done atomic.Bool
	go func() { runtime.AddCleanup(&box{}, func(int) { done.Store(true) }, 0) }()
	for !done.Load() {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// It has finalizers and asks for collections, but needs neither.
//
// want: pass
func TestCollectsAnyway(t *testing.T) {
	done := make(chan int)
	go func() {
		runtime.SetFinalizer(&box{}, func(*box) {})
		done <- 1
	}()
	runtime.GC()
	if <-done != 1 {
		t.Error("not 1")
	}
}

// It is left since it goes on, and not for the lock that it happens to take next.
//
// want: leak: is left: it still works
func TestTicksOn(*testing.T) {
	var mu sync.Mutex
	ticked := make(chan bool)
	go func() {
		for range time.Tick(time.Millisecond) {
			mu.Lock()
			mu.Unlock()
			select {
			case ticked <- true:
			default:
			}
		}
	}()
	<-ticked
}

// A job that is due on New Year's Day is not due now.
//
// want: pass
func TestOrdinaryDay(t *testing.T) {
	now := time.Now()
	if now.YearDay() == 1 || now.Hour() == 0 || now.Second() == 0 || now.Nanosecond() == 0 {
		t.Errorf("it is %s", now)
	}
}

// out is written to by a logger, which holds a lock of its own meanwhile.
type out struct {
	mu   sync.Mutex
	text []byte
}

func (o *out) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	return len(p), nil
}

// want: pass
func TestLogs(t *testing.T) {
	var o, other out
	l := log.New(&o, "", 0)
	s := slog.New(slog.NewTextHandler(&o, nil))
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { l.Print("once"); s.Info("and again") })
	}
	for range 2 {
		o.mu.Lock()
		_ = len(o.text)
		o.mu.Unlock()
	}
	wg.Wait()
	if n := bytes.Count(o.text, []byte{'\n'}); n != 6 || l.Writer() != &o {
		t.Errorf("%d lines", n)
	}
	if l.SetOutput(&other); l.Writer() != &other {
		t.Error("another writer")
	}
}

// It takes more steps than most tests, and ends.
//
// want: pass
func TestTakesLong(*testing.T) {
	var mu sync.Mutex
	for range 200_000 {
		mu.Lock()
		mu.Unlock()
	}
}

// want: wrong: in the end
func TestFailsAfterLong(t *testing.T) {
	var mu sync.Mutex
	done := make(chan bool)
	go func() { done <- true }()
	for range 200_000 {
		mu.Lock()
		mu.Unlock()
	}
	<-done
	t.Error("in the end")
}

// cache stops its janitor when it is not used any more.
type cache struct{ *sweeper }

type sweeper struct {
	mu   sync.Mutex
	stop chan bool
}

func newCache() *cache {
	s := &sweeper{stop: make(chan bool)}
	c := &cache{s}
	runtime.SetFinalizer(c, func(c *cache) { c.stop <- true })
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.mu.Lock()
				s.mu.Unlock()
			case <-s.stop:
				return
			}
		}
	}()
	return c
}

func (c *cache) use() {
	c.mu.Lock()
	defer c.mu.Unlock()
}

// want: pass
func TestFinalizerStopsIt(*testing.T) {
	newCache().use()
}

var kept *cache

// want: leak: still works
func TestFinalizerIsNotDue(*testing.T) {
	kept = newCache()
	kept.use()
}

// A worker for each processor: there are several.
//
// want: wrong: lost an update
func TestWorkerForEachProcessor(t *testing.T) {
	var n atomic.Int32
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	for range workers {
		wg.Go(func() { n.Store(n.Load() + 1) })
	}
	wg.Wait()
	if int(n.Load()) != workers {
		t.Error("lost an update")
	}
}

// want: pass
func TestProcessorsAreSet(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	if n := runtime.GOMAXPROCS(0); n != 2 {
		t.Errorf("%d were set", n)
	}
}

// spin is a lock whose waiters give way.
type spin struct{ held atomic.Bool }

func (s *spin) Lock() {
	for try := 1; !s.held.CompareAndSwap(false, true); try++ {
		for range try {
			runtime.Gosched()
		}
	}
}

func (s *spin) Unlock() { s.held.Store(false) }

// Those that wait for the lock do not starve the one that holds it.
//
// want: pass
func TestSpinLock(*testing.T) {
	var lock spin
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		wg.Go(func() {
			for range 3 {
				lock.Lock()
				mu.Lock()
				mu.Unlock()
				lock.Unlock()
			}
		})
	}
	wg.Wait()
}

// What each tick starts comes to its end, although time passes as often as it may.
//
// want: pass
func TestEachTickStartsAGoroutine(t *testing.T) {
	var mu sync.Mutex
	var work sync.WaitGroup
	done := make(chan bool)
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for ticks := 0; ; ticks++ {
			select {
			case <-ticker.C:
				work.Go(func() {
					for range 10 {
						mu.Lock()
						mu.Unlock()
					}
				})
			case done <- true:
				work.Wait()
				return
			}
		}
	}()
	for range 60 {
		mu.Lock()
		mu.Unlock()
	}
	<-done
	<-done
}

// A local name may be one that is predeclared.
//
// want: pass
func TestLocalNil(t *testing.T) {
	nil, len, any := make(chan int), 1, 2
	go func() { nil <- len }()
	select {
	case n := <-nil:
		if n+any != 3 {
			t.Error(n)
		}
	case <-time.After(time.Hour):
	}
	select {
	case nil <- 1:
	case <-time.After(time.Minute):
	}
}
