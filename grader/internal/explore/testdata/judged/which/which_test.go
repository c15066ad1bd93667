// Package which has tests of several assertions with the same words. A comment
// marks the one that fails.
package which

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func check(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.Error("incorrect state")
	}
}

func TestHelper(t *testing.T) {
	check(t, true)
	check(t, false) // fails: TestHelper
	check(t, false)
}

func TestTestify(t *testing.T) {
	assert.Equal(t, 2, 2)
	assert.Equal(t, 1, 2) // fails: TestTestify
}

func TestSubtest(t *testing.T) {
	for _, n := range []int{1, 2} {
		t.Run("n", func(t *testing.T) {
			if n == 2 {
				t.FailNow() // fails: TestSubtest
			}
		})
	}
}

func TestTestifyInSubtest(t *testing.T) {
	t.Run("n", func(t *testing.T) {
		assert.Equal(t, 1, 2) // fails: TestTestifyInSubtest
	})
}

func TestRaces(t *testing.T) {
	n := 0
	done := make(chan bool)
	go func() { n++; done <- true }()
	n++
	<-done
	check(t, n == 3) // fails: TestRaces
}

type node struct{ next *node }

func (n *node) second() *node {
	return n.next.next // fails: TestPanics
}

func TestPanics(t *testing.T) {
	defer func() { t.Log("a deferred function has no part in it") }()
	(&node{}).second()
}

func TestPanicsInAGoroutine(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		var m map[int]int
		m[1] = 1 // fails: TestPanicsInAGoroutine
	}()
	<-done
}
