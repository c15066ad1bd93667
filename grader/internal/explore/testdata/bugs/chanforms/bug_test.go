// finds: wrong

// Package chanforms takes pairs from a queue; the broken take receives twice, and another worker can receive in between.
package chanforms

import "testing"

type queue struct {
	in   chan int
	turn chan struct{}
}

func newQueue(vs ...int) *queue {
	q := &queue{make(chan int), make(chan struct{}, 1)}
	q.turn <- struct{}{}
	go func() {
		for v := range source(vs) {
			q.in <- v
		}
	}()
	return q
}

func source(vs []int) <-chan int {
	ch := make(chan int, len(vs))
	defer close(ch)
	for _, v := range vs {
		ch <- v
	}
	return ch
}

// takeLoose may get the first half of one pair and the second half of the other.
func (q *queue) takeLoose() [2]int { return [...]int{<-q.in, <-q.in} }

// take receives both halves in its turn.
func (q *queue) take() (pair [2]int) {
	token := <-q.turn
	defer func() { q.turn <- token }()
	pair[0], pair[1] = <-q.in, <-q.in
	return pair
}

func run(t *testing.T, take func(*queue) [2]int) {
	q := newQueue(10, 11, 20, 21)
	pairs := make(chan chan [2]int, 2)
	for range cap(pairs) {
		p := make(chan [2]int, 1)
		pairs <- p
		go func() { p <- take(q) }()
	}
	names, firsts, copies := make(chan string, 2), make(chan int, 2), make(chan int, 2)
	first := map[string]int{}
	for _, name := range []string{"a", "b"} {
		names <- name
		if p := <-<-pairs; p[1] != p[0]+1 {
			t.Errorf("pair: got %v, want neighbours", p)
		} else {
			firsts <- p[0]
			copies <- <-firsts
			first[<-names] = <-copies
		}
	}
	if sum := first["a"] + first["b"]; !t.Failed() && sum != 30 {
		t.Errorf("sum of the first halves: got %d, want 30", sum)
	}
}

func TestBug(t *testing.T)   { run(t, (*queue).takeLoose) }
func TestFixed(t *testing.T) { run(t, (*queue).take) }
