// Package storage has what packages for files and tables have: an error that is a
// value, not a pointer, and a flag.
package storage

// Fault is what a disk or a table said.
type Fault struct {
	text string
	mark *byte // its own
}

// NewFault returns a fault that is equal to no other.
func NewFault(text string) Fault { return Fault{text, new(byte)} }

func (f Fault) Error() string { return f.text }
