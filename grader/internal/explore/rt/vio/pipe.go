// Package io stands in for io.Pipe in instrumented code.
package io

import (
	"io"

	"heisenkata/grader/internal/explore/rt/vsync"
)

// PipeWriter stands for io.PipeWriter. The real one holds a lock for as long as a Write
// waits for a reader, and a second Write waits for that lock out of control. Here it
// waits for one that the controller sees.
type PipeWriter struct {
	real *io.PipeWriter
	turn sync.Mutex // held by the goroutine that writes
}

// Pipe stands for io.Pipe.
func Pipe() (*io.PipeReader, *PipeWriter) {
	r, w := io.Pipe()
	return r, &PipeWriter{real: w}
}

// Write is io.PipeWriter.Write.
func (w *PipeWriter) Write(data []byte) (int, error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	return w.real.Write(data)
}

// Close is io.PipeWriter.Close.
func (w *PipeWriter) Close() error { return w.real.Close() }

// CloseWithError is io.PipeWriter.CloseWithError.
func (w *PipeWriter) CloseWithError(err error) error { return w.real.CloseWithError(err) }
