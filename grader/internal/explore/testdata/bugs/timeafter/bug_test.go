// finds: leak

// Package timeafter asks with a time limit; in the broken one a late answer has nobody to take it.
package timeafter

import (
	"testing"
	"time"
)

type answer struct{ text string }

// ask waits for the answer or the limit; without room in the channel the late sender blocks for ever.
func ask(source func() answer, limit time.Duration, room int) (answer, bool) {
	reply := make(chan answer, room)
	go func() { reply <- source() }()
	select {
	case a := <-reply:
		return a, true
	case <-time.After(limit):
		return answer{}, false
	}
}

func run(t *testing.T, room int) {
	slow := func() answer {
		time.Sleep(5 * time.Millisecond)
		return answer{"late"}
	}
	quick := func() answer { return answer{"early"} }
	for _, source := range []func() answer{quick, slow} {
		a, ok := ask(source, 5*time.Millisecond, room)
		if ok == (a.text == "") {
			t.Errorf("answer %q, ok %t", a.text, ok)
		}
	}
}

func TestBug(t *testing.T)   { run(t, 0) }
func TestFixed(t *testing.T) { run(t, 1) }
