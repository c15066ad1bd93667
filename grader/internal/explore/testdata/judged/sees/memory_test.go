package sees

import (
	"sync/atomic"
	"testing"
)

// want: wrong: not closed
func TestGaugeBesideABug(t *testing.T) {
	heap()
	var closed atomic.Bool
	done := make(chan bool)
	go func() { close(done); closed.Store(true) }()
	<-done
	if !closed.Load() {
		t.Error("not closed")
	}
}

// want: unexplorable: it measures memory
func TestGaugeIsAsserted(t *testing.T) {
	done := make(chan bool)
	go close(done)
	<-done
	if heap() > 1 {
		t.Error("too much")
	}
}
