package sampled

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSample(t *testing.T) {
	t.Setenv("HEISENKATA_ALL", "")
	all, chosen, of := []int{1, 2, 3}, 0, map[int]int{}
	for i := range 3000 {
		name := fmt.Sprint("thing ", i)
		if In(name, 3) {
			chosen++
		}
		assert.Equal(t, In(name, 3), In(name, 3))
		one := Of(name, all)
		assert.Len(t, one, 1)
		of[one[0]]++
	}
	assert.InDelta(t, 1000, chosen, 200)
	assert.InDelta(t, 1000, of[1], 200)
	assert.InDelta(t, 1000, of[2], 200)
	assert.Empty(t, Of("x", all[:0]))
	t.Setenv("HEISENKATA_ALL", "1")
	assert.True(t, In("thing 1", 1_000_000))
	assert.Equal(t, all, Of("x", all))
}
