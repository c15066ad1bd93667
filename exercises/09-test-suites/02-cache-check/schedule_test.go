package cachecheck_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"heisenkata/exercises/internal/oracle"
)

// Each schedule draws a kind of cache.
func TestScheduleRightCaches(t *testing.T) {
	scenario(t, nil)
}

// Each schedule draws a kind of cache and a fault.
func TestScheduleLoadFaults(t *testing.T) {
	scenario(t, slices.Concat(sharingFaults, keyFaults, errorFaults))
}

func TestScheduleLeaveFaults(t *testing.T) {
	scenario(t, slices.Concat(contextFaults, dropFaults))
}

func scenario(t *testing.T, faults []fault) {
	t.Helper()
	var f *fault
	if len(faults) > 0 {
		f = &faults[rand.IntN(len(faults))]
	}
	try(t, oracle.InBubble, aRightCache(), f)
}
