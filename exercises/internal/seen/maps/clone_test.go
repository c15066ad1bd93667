package maps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClone(t *testing.T) {
	assert.Nil(t, Clone(map[int]int(nil)))
	assert.Equal(t, map[int]int{}, Clone(map[int]int{}))
	m := map[float64]int{1: 2, 3: 4, math.NaN(): 5, math.Inf(1): 6}
	c := Clone(m)
	assert.Len(t, c, 4)
	delete(m, 1)
	assert.Equal(t, 2, c[1])
}
