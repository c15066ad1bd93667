package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is no terminal has as many columns as COLUMNS says, if that is a number of columns.
func TestWidthOfAPipe(t *testing.T) {
	for text, want := range map[string]int{"60": 60, "": 0, "-5": 0, "wide": 0} {
		t.Setenv("COLUMNS", text)
		assert.Equal(t, want, width(&bytes.Buffer{}), text)
	}
	t.Setenv("COLUMNS", "")
	assert.Equal(t, usualColumns, columns(&bytes.Buffer{}))
}
