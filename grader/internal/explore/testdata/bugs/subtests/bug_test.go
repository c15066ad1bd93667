// finds: race

// Package subtests checks a table in parallel; the broken table test writes every result to one variable.
package subtests

import (
	"strings"
	"testing"
)

var cases = []struct{ name, in, want string }{
	{"plain", "go", "GO"},
	{"mixed", "Go", "GO"},
	{"empty", "", ""},
}

// checkLoose declares got once for all subtests.
func checkLoose(t *testing.T) {
	var got string
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got = strings.ToUpper(c.in)
			if got != c.want {
				t.Errorf("upper case of %q: got %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// check declares got in each subtest.
func check(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.ToUpper(c.in)
			if got != c.want {
				t.Errorf("upper case of %q: got %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func run(t *testing.T, check func(*testing.T)) {
	if !t.Run("table", check) && !t.Failed() {
		t.Error("a subtest failed, but its parent did not")
	}
}

func TestBug(t *testing.T)   { run(t, checkLoose) }
func TestFixed(t *testing.T) { run(t, check) }
