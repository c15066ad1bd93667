package verify_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/verify"
)

// A sample has the same fixes whatever the order, some of each kind, and does not grow with
// the exercises.
func TestSampleOfFixes(t *testing.T) {
	k, err := kata.Load("../../..")
	require.NoError(t, err)
	var all []verify.Variant
	for _, e := range k.Exercises {
		variants, _ := verify.Tree(k, e)
		all = append(all, variants...)
	}
	some, err := verify.SampleFixes(k, all, 3)
	require.NoError(t, err)
	kinds := map[verify.Kind]int{}
	for _, v := range some {
		kinds[v.Kind]++
	}
	assert.Equal(t, map[verify.Kind]int{verify.Starter: 3, verify.Model: 3, verify.Right: 3, verify.Wrong: 3}, kinds)

	slices.Reverse(all)
	again, err := verify.SampleFixes(k, all, 3)
	require.NoError(t, err)
	assert.ElementsMatch(t, labels(some), labels(again))

	everything, err := verify.SampleFixes(k, all, 0)
	require.NoError(t, err)
	assert.Len(t, everything, len(all))
}

func labels(variants []verify.Variant) (labels []string) {
	for _, v := range variants {
		labels = append(labels, v.Dir)
	}
	return labels
}
