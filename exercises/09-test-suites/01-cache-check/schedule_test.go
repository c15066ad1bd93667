package cachecheck_test

import (
	"math/rand/v2"
	"testing"

	"heisenkata/exercises/internal/oracle"
)

// Each schedule draws a kind of cache.
func TestScheduleRightCaches(t *testing.T) {
	scenario(t, nil)
}

// Each schedule draws a kind of cache and a fault.
func TestScheduleSharingFaults(t *testing.T) { scenario(t, sharingFaults) }

func TestScheduleKeyFaults(t *testing.T) { scenario(t, keyFaults) }

func TestScheduleErrorFaults(t *testing.T) { scenario(t, errorFaults) }

func TestScheduleContextFaults(t *testing.T) { scenario(t, contextFaults) }

func TestScheduleDropFaults(t *testing.T) { scenario(t, dropFaults) }

func scenario(t *testing.T, faults []fault) {
	t.Helper()
	var f *fault
	if len(faults) > 0 {
		f = &faults[rand.IntN(len(faults))]
	}
	oracle.InBubble(t, func(t *testing.T) {
		if wrong := verdict(rightCaches[rand.IntN(len(rightCaches))], f); wrong != "" {
			t.Error(wrong)
		}
	})
}
