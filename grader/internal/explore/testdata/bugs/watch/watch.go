// Package watch waits for a newer version; the broken wait reads the version and the channel at two moments.
package watch

import "sync"

// Value is a version number whose changes can be awaited.
type Value struct {
	mu      sync.Mutex
	version int
	changed chan struct{}
}

// New returns version 0.
func New() *Value { return &Value{changed: make(chan struct{})} }

// Bump raises the version and tells everybody who holds the channel.
func (v *Value) Bump() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.version++
	close(v.changed)
	v.changed = make(chan struct{})
}

// Version is the version of now.
func (v *Value) Version() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.version
}

// Changed is closed at the next change.
func (v *Value) Changed() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// WaitLoose can miss a change between the two calls, and then waits for the one after it.
func (v *Value) WaitLoose(want int, quit func() <-chan struct{}) bool {
	for v.Version() < want {
		select {
		case <-v.Changed():
		case <-quit():
			return false
		}
	}
	return true
}

// Wait takes the channel first, so every later change closes it.
func (v *Value) Wait(want int, quit func() <-chan struct{}) bool {
	for {
		changed := v.Changed()
		if v.Version() >= want {
			return true
		}
		select {
		case <-changed:
		case <-quit():
			return false
		}
	}
}
