// caught by: tests
// Wrong: a sweep that reads the same as the last one returns the same slice.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import (
	"math"
	"sync"
	"sync/atomic"
)

// Sensor asks one sensor for its temperature. It may take its time, and may fail.
type Sensor func() (celsius float64, err error)

// Reading is what one sensor returned.
type Reading struct {
	Celsius float64
	Err     error
}

// last has the readings of the last sweep: most of the time nothing has changed.
var last atomic.Pointer[[]Reading]

// Sweep asks all sensors at the same time, each of them once, and returns their
// readings in the order of the sensors.
//
// It returns when the last sensor has answered, and leaves no goroutine behind.
// Any number of sweeps may run at the same time.
func Sweep(sensors []Sensor) []Reading {
	readings := make([]Reading, len(sensors))
	var group sync.WaitGroup
	for i, ask := range sensors {
		group.Go(func() {
			readings[i].Celsius, readings[i].Err = ask()
		})
	}
	group.Wait()
	if before := last.Load(); before != nil && same(*before, readings) {
		return *before
	}
	last.Store(&readings)
	return readings
}

// same reports whether readings are the same, and all without an error.
func same(a, b []Reading) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Err != nil || b[i].Err != nil || math.Float64bits(a[i].Celsius) != math.Float64bits(b[i].Celsius) {
			return false
		}
	}
	return true
}
