// Package late takes long to begin with its tests, and a worker that init starts does not wait for them.
package late

import (
	"os"
	"testing"
	"time"
)

var (
	requests = make(chan chan int)
	answered int
)

func init() { go work() }

// work owns answered.
func work() {
	for reply := range requests {
		answered++
		reply <- answered
	}
}

func ask() int {
	reply := make(chan int)
	requests <- reply
	return <-reply
}

func TestMain(m *testing.M) {
	time.Sleep(6 * time.Second)
	os.Exit(m.Run())
}

// want: pass
func TestEachAnswerIsNew(t *testing.T) {
	answers := make(chan int)
	for range 2 {
		go func() { answers <- ask() }()
	}
	if a, b := <-answers, <-answers; a == b {
		t.Errorf("%d twice", a)
	}
}
