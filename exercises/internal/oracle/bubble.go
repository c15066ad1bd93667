package oracle

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"heisenkata/exercises/internal/life"
)

// Bubble is synctest.Test, but starts in a random year of this century instead of 2000.
func Bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		life.AnyYear(rand.New(rand.NewPCG(rand.Uint64(), 0)))
		fn(t)
	})
}
