// finds: race
// tells: nothing

// Package flight loads a list once for several callers; in the broken one all of them sort the same slice.
package flight

import (
	"slices"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/singleflight"
)

type catalogue struct {
	flights singleflight.Group
	loads   atomic.Int32
}

func (c *catalogue) load() (any, error) {
	c.loads.Add(1)
	return []string{"pear", "apple", "fig"}, nil
}

// sortedLoose changes a result that belongs to every caller of the flight.
func (c *catalogue) sortedLoose() []string {
	v, _, _ := c.flights.Do("fruit", c.load)
	list := v.([]string)
	slices.Sort(list)
	return list
}

// sorted changes a copy.
func (c *catalogue) sorted() []string {
	v, _, _ := c.flights.Do("fruit", c.load)
	list := slices.Clone(v.([]string))
	slices.Sort(list)
	return list
}

func run(t *testing.T, sorted func(*catalogue) []string) {
	c := new(catalogue)
	lists := make(chan []string)
	for range 2 {
		go func() { lists <- sorted(c) }()
	}
	want := []string{"apple", "fig", "pear"}
	for range 2 {
		if got := <-lists; !slices.Equal(got, want) {
			t.Errorf("list: got %v, want %v", got, want)
		}
	}
	if n := c.loads.Load(); n < 1 || n > 2 {
		t.Errorf("loads: got %d, want 1 or 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*catalogue).sortedLoose) }
func TestFixed(t *testing.T) { run(t, (*catalogue).sorted) }
