// Package remote has what packages for a network have: an error that is a pointer to
// a struct, with a method of its own, and a writer.
package remote

// Error is what a server at the other end said.
type Error struct {
	Reason string
	Again  bool // whether it is worth trying again
}

func (e *Error) Error() string { return e.Reason }

// Temporary tells whether it is worth trying again.
func (e *Error) Temporary() bool { return e.Again }
