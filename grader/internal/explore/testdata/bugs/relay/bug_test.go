// finds: wrong

// Package relay asks one server from several clients; in the broken one all clients share the channel for the answers.
package relay

import (
	"sync"
	"testing"
)

type server struct {
	asks  chan any
	order []string
}

type question struct {
	n     int
	reply chan int
}

func (s *server) in(who string) chan<- any {
	s.order = append(s.order, who)
	return s.asks
}

// serve doubles numbers until it is told to stop.
func (s *server) serve(stopped chan<- string) {
	for {
		switch q := (<-s.asks).(type) {
		case question:
			q.reply <- 2 * q.n
		case string:
			stopped <- q
			return
		}
	}
}

func ask(asks chan<- any, q question) int {
	select {
	case asks <- q:
	}
	return <-q.reply
}

// run asks from two clients, who share one channel for the answers or have one each.
func run(t *testing.T, shared bool) {
	s := &server{asks: make(chan any)}
	replies := [2]chan int{make(chan int, 2), make(chan int, 2)}
	if shared {
		replies[1] = replies[0]
	}
	stopped := make(chan string)
	go s.serve(stopped)
	var got [2]int
	var wg sync.WaitGroup
	for i, asks := range []chan<- any{s.in("ann"), s.in("bob")} {
		wg.Go(func() { got[i] = ask(asks, question{i + 1, replies[i]}) })
	}
	wg.Wait()
	why := map[string]string{}
	var ok bool
	s.in("main") <- "closing time"
	select {
	case why["end"], ok = <-stopped:
	}
	if !ok || why["end"] != "closing time" || len(s.order) != 3 {
		t.Errorf("end: got %q, %t, %v", why["end"], ok, s.order)
	}
	if got != [2]int{2, 4} {
		t.Errorf("answers: got %v, want [2 4]", got)
	}
}

func TestBug(t *testing.T)   { run(t, true) }
func TestFixed(t *testing.T) { run(t, false) }
