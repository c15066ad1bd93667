package seen

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClear(t *testing.T) {
	type names []string
	s := names{"a", "b", "c"}
	Clear(s[1:])
	assert.Equal(t, names{"a", "", ""}, s)
	m := map[float64]int{1: 1, math.NaN(): 2}
	Clear(m)
	assert.Empty(t, m)
	assert.NotPanics(t, func() { Clear(names(nil)); Clear(map[int]int(nil)) })
	assert.Panics(t, func() { Clear(7) }, "vet says so first")
}
