package sensorsweep_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/02-sensor-sweep"
)

// Two sensors answer immediately, the first one with an error or not.
func TestScheduleTwoSensors(t *testing.T) {
	var broken error
	if rand.IntN(2) == 0 {
		broken = assert.AnError
	}
	got := sensorsweep.Sweep([]sensorsweep.Sensor{
		func() (float64, error) { return 21, broken },
		func() (float64, error) { return 22, nil },
	})
	assert.Equal(t, []sensorsweep.Reading{{Celsius: 21, Err: broken}, {Celsius: 22}}, got)
}
