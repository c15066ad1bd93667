// finds: race

//go:build linux || !linux

// One writer and one reader; the guard is in a file for linux and in one for the others.
package buildtags_test

import (
	"testing"

	"bugs/buildtags"
)

func run(t *testing.T, total func(*buildtags.Meter) int) {
	m := buildtags.New()
	added := make(chan bool)
	go func() {
		m.Add(2)
		m.Add(3)
		added <- true
	}()
	if n := total(m); n != 0 && n != 2 && n != 5 {
		t.Errorf("total: got %d, want 0, 2 or 5", n)
	}
	<-added
	if n := m.Total(); n != 5 {
		t.Errorf("total: got %d, want 5", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*buildtags.Meter).TotalLoose) }
func TestFixed(t *testing.T) { run(t, (*buildtags.Meter).Total) }
