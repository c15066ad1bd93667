// Package remade has package variables that are made anew before each schedule, and
// some that cannot be.
package remade

import (
	"expvar"
	"net/http"
	rpcs "net/rpc"
	"testing"
	"time"
	_ "unsafe"
)

type message struct{ ready bool }

var (
	file     *message
	messages = make([]message, 2)
	count    int
	queue    = make(chan int, 1)
)

// The registry panics when it is asked for the same name again.
func init() { fill() }

func fill() {
	if file != nil {
		return
	}
	expvar.NewInt("remade")
	file = &message{true}
	for i := range messages {
		messages[i].ready = true
	}
}

func init() { count = 40 }

// want: pass
func TestRegisteredOnce(t *testing.T) {
	if file == nil || !messages[0].ready || !messages[1].ready {
		t.Error("what init has set is lost")
	}
}

// want: pass
func TestOthersAreNew(t *testing.T) {
	if count++; count != 41 {
		t.Errorf("count is %d", count)
	}
	queue <- 1
	if len(queue) != 1 {
		t.Error("something is left in the queue")
	}
}

var (
	made      = expvar.NewInt("made")
	unrelated = func() []int { made.Add(1); return make([]int, 10) }()
)

// want: pass
func TestWhatItCannotReachIsMadeOnce(t *testing.T) {
	if made.Value() != 1 {
		t.Errorf("made %d times", made.Value())
	}
}

func BenchmarkUnrelated(b *testing.B) { unrelated[0]++ }

// Arith is registered with the default server.
type Arith struct{}

func (Arith) Add(n int, sum *int) error { *sum += n; return nil }

// A path may be registered once only, and each schedule registers it.
// want: pass
func TestRegistersHandlers(t *testing.T) {
	http.HandleFunc("/remade", func(http.ResponseWriter, *http.Request) {})
	if err := rpcs.Register(Arith{}); err != nil {
		t.Error(err)
	}
	rpcs.HandleHTTP()
	done := make(chan bool)
	go func() { count++; close(done) }()
	<-done
}

// A clock that packages link to.
//
//go:noescape
//go:linkname clock time.now
func clock() (sec int64, nsec int32, mono int64)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

// It tells the time that all others do.
// want: pass
func TestLinkedClock(t *testing.T) {
	began, then := time.Now(), nanotime()
	time.Sleep(time.Hour)
	sec, _, _ := clock()
	if gone := sec - began.Unix(); gone < 3600 || gone > 3605 {
		t.Error("an hour took", gone, "seconds")
	}
	if gone := nanotime() - then; gone < int64(time.Hour) {
		t.Error("an hour took", gone, "nanoseconds")
	}
	go func() { count++ }()
}

// Certificates and triggers of tests are of these years.
// want: pass
func TestRecentYear(t *testing.T) {
	if y := time.Now().Year(); y < 2025 || y > 2030 {
		t.Error(y)
	}
	go func() { count++ }()
}
