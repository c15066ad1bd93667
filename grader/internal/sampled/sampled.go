// Package sampled chooses a sample, for tests that cannot try everything. It stays the same
// until the things to try change.
package sampled

import (
	"hash/crc32"
	"os"
)

// All reports whether tests take everything: HEISENKATA_ALL is set.
func All() bool { return os.Getenv("HEISENKATA_ALL") != "" }

// In reports whether what a text stands for is in a sample of one in n. The text is the
// thing's content, if it may change, or its name.
func In(text string, n uint32) bool {
	return All() || crc32.ChecksumIEEE([]byte(text))%n == 0
}

// Of returns one of some things, or all of them if tests take everything. Which one
// depends on the text, as in In.
func Of[T any](text string, all []T) []T {
	if All() || len(all) == 0 {
		return all
	}
	i := crc32.ChecksumIEEE([]byte(text)) % uint32(len(all))
	return all[i : i+1]
}
