package life

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"syscall"

	"heisenkata/exercises/internal/life/remote"
	"heisenkata/exercises/internal/life/storage"
)

// failures create one error of each kind. No two errors are equal, even with the same text;
// one kind cannot be compared by ==, and is itself by errors.Is.
var failures = []func(text string) error{
	errors.New,
	func(string) error { return errors.New(words[rand.IntN(len(words))]) },
	func(text string) error { return &remote.Error{Reason: text, Again: rand.IntN(2) == 0} },
	func(text string) error { return storage.NewFault(text) },
	func(text string) error { return storage.NewFaults(text) },
	func(text string) error { return &fs.PathError{Op: "read", Path: "cache", Err: errors.New(text)} },
	func(text string) error { return os.NewSyscallError("recv", errors.New(text)) },
	func(text string) error { return &strconv.NumError{Func: "ParseInt", Num: "1e6", Err: errors.New(text)} },
	func(text string) error { return fmt.Errorf("retried: %w", errors.New(text)) },
	func(text string) error {
		return fmt.Errorf("%w (after %w)", errors.New(text), storage.NewFault("retry"))
	},
}

// words are the texts of errors that ignore the text they are given.
var words = []string{"unexpected EOF", "connection refused", "no route to host", "permission denied", "quota exceeded"}

// Failure draws an error with this text, or with a text of its own. No other
// error equals it.
func Failure(text string) error { return failures[rand.IntN(len(failures))](text) }

// ends are errors of the standard library that code tends to treat as success, or
// as temporary.
var ends = []error{
	io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, io.ErrShortWrite, io.ErrShortBuffer, io.ErrNoProgress,
	syscall.EINTR, syscall.EAGAIN, syscall.ETIMEDOUT, syscall.ECONNRESET, syscall.EPIPE, net.ErrClosed, errors.ErrUnsupported,
	os.ErrNotExist, os.ErrExist, os.ErrClosed, os.ErrDeadlineExceeded, os.ErrPermission,
}

// known are ends and the errors of a context.
var known = append([]error{context.Canceled, context.DeadlineExceeded}, ends...)

// Known draws an error of the standard library, plain or wrapped.
func Known(r *rand.Rand) error { return oneOf(r, known) }

// Trouble draws an error as Failure does, or one of the standard library other
// than a context's.
func Trouble(r *rand.Rand, text string) error {
	if r.IntN(3) == 0 {
		return oneOf(r, ends)
	}
	return Failure(text)
}

func oneOf(r *rand.Rand, errs []error) error {
	err := errs[r.IntN(len(errs))]
	if r.IntN(2) == 0 {
		return err
	}
	return fmt.Errorf("retried: %w", err)
}

// Troubles returns one error of each kind that Trouble draws.
func Troubles(text string) []error { return append(Failures(text), ends...) }

// Failures returns errors of all kinds, with this text or one of their own.
func Failures(text string) (all []error) {
	for _, kind := range failures {
		all = append(all, kind(text))
	}
	return all
}

// Endings returns errors with which a context of the caller's type may end: own, and errors
// that match one of package context's, without being it.
func Endings(own error) []error {
	return []error{own, fmt.Errorf("%w: %w", context.Canceled, own), fmt.Errorf("%w: %w", context.DeadlineExceeded, own)}
}
