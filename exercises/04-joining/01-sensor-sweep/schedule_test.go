package sensorsweep_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/04-joining/01-sensor-sweep"
	"heisenkata/exercises/internal/oracle"
)

// Two sensors answer when both have been asked, the second one with an error or not.
func TestScheduleTwoSensors(t *testing.T) {
	var broken error
	if rand.IntN(2) == 0 {
		broken = assert.AnError
	}
	both := oracle.NewMeeting(2)
	got := sensorsweep.Sweep([]sensorsweep.Sensor{
		func() (float64, error) { both.Arrive(); return 21, nil },
		func() (float64, error) { both.Arrive(); return 22, broken },
	})
	require.Len(t, got, 2, "there is one reading per sensor")
	first, second := got[0], got[1]
	assert.EqualValues(t, 21, first.Celsius, "the first of 2 sensors has returned 21 °C")
	assert.EqualValues(t, 22, second.Celsius, "the second of 2 sensors has returned 22 °C")
	assert.NoError(t, first.Err, "the first of 2 sensors has returned no error")
	assert.Equal(t, broken, second.Err, "the second of 2 sensors has returned %v", broken)
}
