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

// Faults are several of them: an error that is a slice, which == cannot compare.
type Faults []Fault

// NewFaults returns faults that equal no others.
func NewFaults(text string) Faults { return Faults{NewFault(text), NewFault(text)} }

func (f Faults) Error() string { return f[0].text }

// Is reports whether another error is these very faults.
func (f Faults) Is(other error) bool {
	same, ok := other.(Faults)
	return ok && same[0] == f[0]
}
