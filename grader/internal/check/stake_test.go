package check

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var threeTests = []kata.Test{{Name: "TestGuard", Guard: true}, {Name: "TestOne", Points: 1}, {Name: "TestTwo", Points: 2}}

// As long as a test may earn points, guards are looked at, and no longer.
func TestHope(t *testing.T) {
	for _, c := range []struct {
		told []bool
		left bool
	}{
		{[]bool{false, false}, false},
		{[]bool{true}, true},
		{[]bool{false, true}, true},
		{[]bool{true, false}, true},
	} {
		h := newStake(threeTests)
		for _, may := range c.told {
			h.tell(may)
		}
		left, err := h.left(t.Context())
		require.NoError(t, err)
		assert.Equal(t, c.left, left, c.told)
	}
}

// While it is not settled nothing is left out.
func TestHopeIsWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := newStake(threeTests)
	h.tell(false)
	cancel()
	_, err := h.left(ctx)
	assert.ErrorIs(t, err, context.Canceled)
}

// A verifier that looks at guards alone sees all of them.
func TestHopeForGuardsAlone(t *testing.T) {
	left, err := newStake(threeTests[:1]).left(t.Context())
	require.NoError(t, err)
	assert.True(t, left)
}

// Only guards are left out, and none if each detector is asked for itself.
func TestPointless(t *testing.T) {
	noStake, some := newStake(threeTests[:2]), newStake(threeTests[:2])
	noStake.tell(false)
	some.tell(true)
	for _, c := range []struct {
		test  kata.Test
		stake *stake
		each  bool
		out   bool
	}{
		{threeTests[0], noStake, false, true},
		{threeTests[0], some, false, false},
		{threeTests[0], noStake, true, false},
		{threeTests[1], noStake, false, false},
	} {
		tr := &trial{bench: &Bench{lab: &Lab{Each: c.each}}, test: c.test, stake: c.stake}
		stop, err := tr.pointless(t.Context())
		require.NoError(t, err)
		assert.Equal(t, c.out, stop != "", "%+v: %s", c, stop)
		if c.out {
			checks, err := tr.bench.runTest(t.Context(), c.test, c.stake)
			require.NoError(t, err)
			for _, check := range checks {
				assert.Equal(t, evidence.Skipped, check.Verdict, check.Detector)
			}
		}
	}
}

// Those that may fail first are looked at first, in the manifest's order.
func TestPointsFirst(t *testing.T) {
	var names []string
	for _, test := range pointsFirst(threeTests) {
		names = append(names, test.Name)
	}
	assert.Equal(t, []string{"TestOne", "TestTwo", "TestGuard"}, names)
}

// A test tells once, at the latest when it is over.
func TestMayEarnOnce(t *testing.T) {
	h := newStake(threeTests)
	bench := &Bench{}
	bench.ahead.once.Do(func() {}) // there is nothing to build
	one, two := &trial{bench: bench, test: threeTests[1], stake: h}, &trial{bench: bench, test: threeTests[2], stake: h}
	one.mayEarn(t.Context(), false)
	one.mayEarn(t.Context(), false)
	two.mayEarn(t.Context(), true)
	two.mayEarn(t.Context(), false)
	left, err := h.left(t.Context())
	require.NoError(t, err)
	assert.True(t, left)
}
