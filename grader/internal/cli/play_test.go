package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A game shows the code that it runs, also if the file is edited meanwhile.
func TestPlayedFilesStayAsTheyWere(t *testing.T) {
	text := "package a\n// one"
	lines := asItWas(func(string) string { return text })
	assert.Equal(t, []string{"package a", "// one"}, lines("a.go"))
	text = "package a"
	assert.Len(t, lines("a.go"), 2)
	assert.Len(t, lines("b.go"), 1)
}
