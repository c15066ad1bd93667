// finds: wrong

// The package-level variables must be fresh in every schedule, or only the first schedule can show the bug.
package pkgvars_test

import (
	"testing"

	"bugs/pkgvars"
)

func run(t *testing.T, lookup func(string) (int, bool)) {
	pkgvars.Each(func() {
		if n, ok := lookup("tea"); !ok || n != 3 {
			t.Errorf("price of tea: got %d, %t, want 3", n, ok)
		}
	})
}

func TestBug(t *testing.T)   { run(t, pkgvars.LookupLoose) }
func TestFixed(t *testing.T) { run(t, pkgvars.Lookup) }
