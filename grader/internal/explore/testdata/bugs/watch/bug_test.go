// finds: deadlock

// The only change falls between the check of the version and the call for the channel.
package watch_test

import (
	"testing"

	"bugs/watch"
)

func never() <-chan struct{} { return nil }

func run(t *testing.T, wait func(*watch.Value, int, func() <-chan struct{}) bool) {
	v := watch.New()
	go v.Bump()
	if !wait(v, 1, never) {
		t.Error("wait gave up")
	}
}

func TestBug(t *testing.T)   { run(t, (*watch.Value).WaitLoose) }
func TestFixed(t *testing.T) { run(t, (*watch.Value).Wait) }
