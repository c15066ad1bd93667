package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/evidence"
)

// What else was found begins with its line, since its end may have no room.
func TestOthers(t *testing.T) {
	assert.Equal(t, "and:\nb.go:3: a fix may not recover\nit has no place", others([]evidence.Finding{
		{Summary: "a fix may not recover", Places: []evidence.Place{{File: "exercises/a/b.go", Line: 3}}}, {Summary: "it has no place"},
	}))
}
