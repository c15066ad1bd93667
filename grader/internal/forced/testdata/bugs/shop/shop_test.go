package shop

import (
	"sync"
	"testing"
)

// together runs functions at the same time.
func together(calls ...func()) {
	var group sync.WaitGroup
	for _, call := range calls {
		group.Go(call)
	}
	group.Wait()
}

func TestVisits(t *testing.T) {
	var v Visits
	together(v.Add, v.Add)
	if v.n != 2 {
		t.Errorf("%d visits of 2", v.n)
	}
}

func TestSeats(t *testing.T) {
	var s Seats
	s.left.Store(1)
	sold := make([]bool, 2)
	together(func() { sold[0] = s.Buy() }, func() { sold[1] = s.Buy() })
	if sold[0] && sold[1] {
		t.Error("one seat, sold twice")
	}
}

func TestOrder(t *testing.T) {
	var o Order
	free := false
	together(o.Pay, func() { free = o.Free() })
	if free {
		t.Error("sent, and not paid")
	}
}

func TestTransfer(t *testing.T) {
	a, b := new(Account), new(Account)
	together(func() { Transfer(a, b, 1) }, func() { Transfer(b, a, 1) })
}

func TestGate(t *testing.T) {
	g := Gate{wake: make(chan bool)}
	together(g.Open, g.Pass)
}

func TestFirst(t *testing.T) {
	one := func() int { return 1 }
	if First(one, one) != 1 {
		t.Error("wrong answer")
	}
}
