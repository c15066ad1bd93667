package counted

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOf(t *testing.T) {
	assert.Equal(t, "0 tests", Of(0, "test"))
	assert.Equal(t, "1 test", Of(1, "test"))
	assert.Equal(t, "2 switches", Of(2, "switch"))
}
