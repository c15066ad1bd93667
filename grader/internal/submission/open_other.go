//go:build !unix

package submission

import "os"

// openFile opens a file for reading.
func openFile(tree *os.Root, name string) (*os.File, error) { return tree.Open(name) }
