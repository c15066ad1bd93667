// Package storage has what packages for files and databases typically define: an error
// that is a value, not a pointer, and a flag.
package storage

// Fault is an error from a disk or a table.
type Fault struct {
	text string
	mark *byte // makes it unique
}

// NewFault returns a fault that equals no other.
func NewFault(text string) Fault { return Fault{text, new(byte)} }

func (f Fault) Error() string { return f.text }
