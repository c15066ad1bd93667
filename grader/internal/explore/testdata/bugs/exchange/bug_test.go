// finds: deadlock

// Package exchange lets two peers swap greetings; in the broken one both send before either receives.
package exchange

import "testing"

type peer struct {
	name string
	out  chan<- string
	in   <-chan string
}

// greetLoose sends and then receives.
func (p peer) greetLoose() string {
	p.out <- p.name
	return <-p.in
}

// greet does whichever is possible first, and then the other.
func (p peer) greet() (got string) {
	out, in := p.out, p.in
	for out != nil || in != nil {
		select {
		case out <- p.name:
			out = nil
		case got = <-in:
			in = nil
		}
	}
	return got
}

func run(t *testing.T, greet func(peer) string) {
	ab, ba := make(chan string), make(chan string)
	got := make(chan string)
	for _, p := range []peer{{"ann", ab, ba}, {"bob", ba, ab}} {
		go func() { got <- p.name + " met " + greet(p) }()
	}
	for range 2 {
		switch s := <-got; s {
		case "ann met bob", "bob met ann":
		default:
			t.Errorf("unexpected: %s", s)
		}
	}
}

func TestBug(t *testing.T)   { run(t, peer.greetLoose) }
func TestFixed(t *testing.T) { run(t, peer.greet) }
