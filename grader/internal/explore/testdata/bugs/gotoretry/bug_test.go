// finds: wrong

// Package gotoretry takes a slot, tries, and jumps back after a failure; the broken jump keeps the slot.
package gotoretry

import (
	"runtime"
	"sync/atomic"
	"testing"
)

type client struct {
	slots chan struct{}
	ready atomic.Bool
}

// callLoose jumps to again with the slot of the failed try still taken.
func (c *client) callLoose() bool {
	tries := 0
again:
	if tries++; tries > 2 {
		return false
	}
	select {
	case c.slots <- struct{}{}:
	default:
		runtime.Gosched()
		goto again
	}
	if !c.ready.Load() {
		goto again
	}
	<-c.slots
	return true
}

// call gives the slot back on both ways out.
func (c *client) call() (ok bool) {
	tries := 0
again:
	for tries < 2 {
		tries++
		select {
		case c.slots <- struct{}{}:
			ok = c.ready.Load()
			goto release
		default:
			runtime.Gosched()
			goto again
		}
	}
	return ok
release:
	select {
	case <-c.slots:
	default:
	}
	if !ok {
		goto again
	}
	return ok
}

func run(t *testing.T, call func(*client) bool) {
	c := &client{slots: make(chan struct{}, 1)}
	up := make(chan struct{})
	go func() {
		c.ready.Store(true)
		close(up)
	}()
	call(c)
	<-up
	if !call(c) {
		t.Error("the call failed although the service is up")
	}
	if n := len(c.slots); n != 0 {
		t.Errorf("slots still taken: %d", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*client).callLoose) }
func TestFixed(t *testing.T) { run(t, (*client).call) }
