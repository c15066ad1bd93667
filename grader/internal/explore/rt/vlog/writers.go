package log

import (
	"io"
	"log"
	"log/slog"

	"heisenkata/grader/internal/explore/rt/sched"
)

// whole is a writer that a logger calls while it holds a lock of its own, which no
// schedule decides. No other goroutine goes on before such a call is over, or the next one
// to log would wait out of control.
type whole struct{ io.Writer }

func (w whole) Write(p []byte) (int, error) {
	defer sched.Whole()()
	return w.Writer.Write(p)
}

func wrapped(w io.Writer) io.Writer {
	if w == nil {
		return nil
	}
	return whole{w}
}

func unwrapped(w io.Writer) io.Writer {
	if w, ok := w.(whole); ok {
		return w.Writer
	}
	return w
}

// New stands for log.New.
func New(w io.Writer, prefix string, flag int) *log.Logger {
	return log.New(wrapped(w), prefix, flag)
}

// SetOutput stands for log.SetOutput, and Writer for log.Writer.
func SetOutput(w io.Writer) { log.SetOutput(wrapped(w)) }
func Writer() io.Writer     { return unwrapped(log.Writer()) }

// SetOutputOf stands for (*log.Logger).SetOutput, and WriterOf for Writer.
func SetOutputOf(l *log.Logger, w io.Writer) { l.SetOutput(wrapped(w)) }
func WriterOf(l *log.Logger) io.Writer       { return unwrapped(l.Writer()) }

// NewTextHandler and NewJSONHandler stand for those of log/slog.
func NewTextHandler(w io.Writer, o *slog.HandlerOptions) *slog.TextHandler {
	return slog.NewTextHandler(wrapped(w), o)
}

// NewJSONHandler is documented with NewTextHandler.
func NewJSONHandler(w io.Writer, o *slog.HandlerOptions) *slog.JSONHandler {
	return slog.NewJSONHandler(wrapped(w), o)
}
