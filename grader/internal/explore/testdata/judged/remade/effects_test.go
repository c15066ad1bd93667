package remade

import (
	"slices"
	"sync/atomic"
	"testing"

	"heisenkata/grader/internal/explore/testdata/judged/remade/kinds"
)

// What initialisers do beside their values is done before each schedule, though no test
// reaches the variables, or they have no names.

var (
	names  = map[string]bool{}
	active atomic.Int32
	hooks  []func()
)

func name(s string) error { names[s] = true; return nil }

func each(f func()) bool { f(); return true }

var (
	_       = name("blank")
	errName = name("error") // an error is told by its identity, and stays as it is otherwise
	one, _  = each(func() { names["literal"] = true }), name("pair")
	_       = kinds.Add("blank")
	unused  = func() int { active.Add(1); return 1 }()
	_       = append(hooks, func() { names["never called"] = true })
	_       = slices.ContainsFunc([]int{1}, even)
)

// An error that is kept elsewhere stays the same one.
var (
	errKind = kinds.Error("kind")
	errs    = [1]error{errKind}
)

// want: pass
func TestErrorsStay(t *testing.T) {
	done := make(chan bool)
	go close(done)
	<-done
	if errs[0] != errKind {
		t.Error("another error of the same text")
	}
}

func even(n int) bool { return n%2 == 0 }

// want: pass
func TestNamesAreRegistered(t *testing.T) {
	done := make(chan bool)
	go close(done)
	<-done
	if len(names) != 4 || errName != nil {
		t.Error(names)
	}
}

// want: pass
func TestKindsAreRegistered(t *testing.T) {
	done := make(chan bool)
	go close(done)
	<-done
	if kinds.Len() != 1 {
		t.Error(kinds.Len())
	}
}

// want: pass
func TestActiveIsCounted(t *testing.T) {
	done := make(chan bool)
	go close(done)
	<-done
	if n := active.Load(); n != 1 {
		t.Error(n)
	}
}

// In a file with examples, that are not explored.
func Example() { _ = unused }
