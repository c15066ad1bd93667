//go:build !unix

package progress

import "os"

// open opens a file for reading.
func open(name string) (*os.File, error) { return os.Open(name) }
