// Package remote has what network packages typically define: an error that is a
// pointer to a struct with a method of its own, and a writer.
package remote

// Error is an error from a remote server.
type Error struct {
	Reason string
	Again  bool // whether a retry makes sense
}

func (e *Error) Error() string { return e.Reason }

// Temporary reports whether a retry makes sense.
func (e *Error) Temporary() bool { return e.Again }
