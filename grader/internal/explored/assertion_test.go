package explored

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A fix may have a test print megabytes. What is made of them is short, and takes no
// longer than to read its beginning.
func TestAssertionIsBounded(t *testing.T) {
	for name, message := range map[string]string{
		"many lines":   strings.Repeat("one line\n", 2_000_000),
		"one long one": strings.Repeat("x", 20_000_000),
		"of testify's": "\tError Trace:\tx_test.go:1\n\tError:\tNot equal\n\tMessages:\t" + strings.Repeat("said\n", 2_000_000),
	} {
		own, failure := Assertion(message)
		assert.NotEmpty(t, own, name)
		assert.LessOrEqual(t, len(own)+len(failure), 2*maxJoined, name)
	}
}
