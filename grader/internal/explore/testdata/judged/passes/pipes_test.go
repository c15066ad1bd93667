package passes

import (
	"errors"
	"io"
	"sync"
	"testing"
)

// A writer that waits for another one's reader waits under control, whatever it knows the pipe as.
func writers(t *testing.T, write func(w io.Writer, name string)) {
	var r *io.PipeReader
	var w *io.PipeWriter
	r, w = io.Pipe()
	var wg sync.WaitGroup
	for _, name := range []string{"ann", "bob"} {
		wg.Go(func() { write(w, name) })
	}
	go func() {
		wg.Wait()
		w.Close()
	}()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(text); got != "ann bob " && got != "bob ann " {
		t.Errorf("mixed up")
	}
}

// want: pass
func TestWritersTakeTurns(t *testing.T) {
	writers(t, func(w io.Writer, name string) { io.WriteString(w, name+" ") })
}

// want: wrong: mixed up
func TestWritersMix(t *testing.T) {
	writers(t, func(w io.Writer, name string) {
		io.WriteString(w, name)
		io.WriteString(w, " ")
	})
}

// want: pass
func TestNoReaderIsLeft(t *testing.T) {
	r, w := io.Pipe()
	gone := errors.New("gone")
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := w.Write([]byte("hello")); err != gone {
				t.Error(err)
			}
		})
	}
	r.CloseWithError(gone)
	wg.Wait()
}

type ends struct {
	*io.PipeReader
	*io.PipeWriter
}

func (e ends) Close() error {
	return errors.Join(e.PipeReader.Close(), e.PipeWriter.CloseWithError(io.ErrUnexpectedEOF))
}

// want: pass
func TestEmbeddedPipes(t *testing.T) {
	var both [2]ends
	both[0].PipeReader, both[1].PipeWriter = io.Pipe()
	both[1].PipeReader, both[0].PipeWriter = io.Pipe()
	go both[0].Write([]byte("hello"))
	if _, err := io.ReadFull(both[1], make([]byte, 5)); err != nil {
		t.Error(err)
	}
	both[0].Close()
	if _, err := both[1].Read(nil); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	both[1].Close()
}
