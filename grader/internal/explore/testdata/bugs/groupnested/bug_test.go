// finds: deadlock

// Package groupnested walks a tree with at most two goroutines; in the broken walk all of them wait for a free place.
package groupnested

import (
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

type node struct {
	size     int64
	children []*node
}

type walker struct {
	errgroup.Group
	sum atomic.Int64
}

// visitLoose calls Go from inside the group: with both places taken nobody can go on.
func (w *walker) visitLoose(n *node) error {
	w.sum.Add(n.size)
	for _, c := range n.children {
		w.Go(func() error { return w.visitLoose(c) })
	}
	return nil
}

// visit does the work itself if no place is free.
func (w *walker) visit(n *node) error {
	w.sum.Add(n.size)
	for _, c := range n.children {
		if w.TryGo(func() error { return w.visit(c) }) {
			continue
		}
		if err := w.visit(c); err != nil {
			return err
		}
	}
	return nil
}

func run(t *testing.T, visit func(*walker, *node) error) {
	tree := []*node{
		{size: 1, children: []*node{{size: 2}}},
		{size: 3, children: []*node{{size: 4}}},
	}
	w := new(walker)
	w.SetLimit(2)
	for _, n := range tree {
		w.Go(func() error { return visit(w, n) })
	}
	if err := w.Wait(); err != nil {
		t.Error(err)
	}
	if got := w.sum.Load(); got != 10 {
		t.Errorf("sum: got %d, want 10", got)
	}
}

func TestBug(t *testing.T)   { run(t, (*walker).visitLoose) }
func TestFixed(t *testing.T) { run(t, (*walker).visit) }
