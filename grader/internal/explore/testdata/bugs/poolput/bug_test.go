// finds: race

// Package poolput renders pages in pooled buffers; the broken one returns a slice of a buffer that it has put back.
package poolput

import (
	"bytes"
	"sync"
	"testing"
)

type renderer struct{ buffers sync.Pool }

func newRenderer() *renderer {
	return &renderer{sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// renderLoose gives the bytes away together with the right to overwrite them.
func (r *renderer) renderLoose(name string) []byte {
	b := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(b)
	b.Reset()
	b.WriteString("hello ")
	b.WriteString(name)
	return b.Bytes()
}

// render copies the bytes before the buffer goes back.
func (r *renderer) render(name string) []byte {
	b := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(b)
	b.Reset()
	b.WriteString("hello ")
	b.WriteString(name)
	return bytes.Clone(b.Bytes())
}

func run(t *testing.T, render func(*renderer, string) []byte) {
	r := newRenderer()
	var wg sync.WaitGroup
	for _, name := range []string{"ann", "bob"} {
		wg.Go(func() {
			for range 2 {
				if got := string(render(r, name)); got != "hello "+name {
					t.Errorf("page: got %q, want %q", got, "hello "+name)
				}
			}
		})
	}
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, (*renderer).renderLoose) }
func TestFixed(t *testing.T) { run(t, (*renderer).render) }
