// finds: race

// The external test uses an internal of the package that an in-package test file exports.
package janitor_test

import (
	"testing"
	"time"

	"bugs/janitor"
)

func run(t *testing.T, end func(*janitor.Cache)) {
	c := janitor.New(time.Millisecond)
	c.Put("a")
	c.Put("b")
	end(c)
	if n := c.Len(); n > 2 {
		t.Errorf("entries: got %d, want 2 at most", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*janitor.Cache).CloseLoose) }
func TestFixed(t *testing.T) { run(t, (*janitor.Cache).Close) }
