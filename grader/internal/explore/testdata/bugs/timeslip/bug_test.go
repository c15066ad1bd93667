// finds: leak

// Package timeslip asks a source that never sleeps; only a slow machine shows that the broken one leaves the sender behind.
package timeslip

import (
	"testing"
	"time"
)

type quote struct{ price int }

func (q *quote) fetch(price int) *quote {
	q.price = price
	return q
}

// askLoose has no receiver for an answer after the limit.
func askLoose(limit time.Duration) *quote {
	reply := make(chan *quote)
	go func() { reply <- new(quote).fetch(7) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case q := <-reply:
		return q
	case <-timer.C:
		return nil
	}
}

// ask tells the sender that nobody waits any more.
func ask(limit time.Duration) *quote {
	reply := make(chan *quote)
	gone := make(chan struct{})
	defer close(gone)
	go func() {
		select {
		case reply <- new(quote).fetch(7):
		case <-gone:
		}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case q := <-reply:
		return q
	case <-timer.C:
		return nil
	}
}

func run(t *testing.T, ask func(time.Duration) *quote) {
	if q := ask(50 * time.Millisecond); q != nil && q.price != 7 {
		t.Errorf("price: got %d, want 7", q.price)
	}
}

func TestBug(t *testing.T)   { run(t, askLoose) }
func TestFixed(t *testing.T) { run(t, ask) }
