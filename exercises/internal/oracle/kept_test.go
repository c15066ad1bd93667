package oracle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

var keeps [][]byte

func TestKept(t *testing.T) {
	fill := func() { keeps = append(keeps, make([]byte, 1<<20)) }
	assert.InDelta(t, 3<<20, oracle.Kept(func() { fill(); fill(); fill() }), 1<<19)
	assert.InDelta(t, -3<<20, oracle.Kept(func() { keeps = nil }), 1<<19)
	assert.InDelta(t, 0, oracle.Kept(func() { fill(); keeps = nil }), 1<<19)
}
