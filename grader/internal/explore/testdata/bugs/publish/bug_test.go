// finds: race

// Package publish hands a message to a poller; the broken one announces it with a plain flag.
package publish

import (
	"runtime"
	"sync/atomic"
	"testing"
)

type plain struct {
	text  string
	ready bool
}

func (p *plain) put(s string) {
	p.text = s
	p.ready = true
}

func (p *plain) poll() (string, bool) { return p.text, p.ready }

type ordered struct {
	text  string
	ready atomic.Bool
}

func (p *ordered) put(s string) {
	p.text = s
	p.ready.Store(true)
}

// poll reads the text only after it has seen the flag.
func (p *ordered) poll() (string, bool) {
	if !p.ready.Load() {
		return "", false
	}
	return p.text, true
}

type box interface {
	put(string)
	poll() (string, bool)
}

func run(t *testing.T, b box) {
	done := make(chan struct{})
	go func() {
		b.put("hello")
		close(done)
	}()
	for tries := 0; tries < 3; tries++ {
		if s, ok := b.poll(); ok && s != "hello" {
			t.Errorf("announced, but got %q", s)
		}
		runtime.Gosched()
	}
	<-done
}

func TestBug(t *testing.T)   { run(t, new(plain)) }
func TestFixed(t *testing.T) { run(t, new(ordered)) }
