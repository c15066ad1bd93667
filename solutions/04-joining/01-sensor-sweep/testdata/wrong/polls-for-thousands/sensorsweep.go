// caught by: tests in TestAllAtOnce
// Wrong: it waits for a thousand sensors by looking at a counter again and again. In virtual time
// that is no delay, but it keeps a processor busy.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import (
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

// Sweep asks all sensors at the same time, each of them once, and returns their
// readings in the order of the sensors.
//
// It returns when the last sensor has answered, and leaves no goroutine behind.
// Any number of sweeps may run at the same time.
func Sweep(sensors []Sensor) []Reading {
	readings := make([]Reading, len(sensors))
	var group sync.WaitGroup
	var answered atomic.Int64
	for i, ask := range sensors {
		group.Go(func() {
			celsius, err := ask()
			readings[i] = Reading{Celsius: celsius, Err: err}
			answered.Add(1)
		})
	}
	for len(sensors) > 1000 && answered.Load() < int64(len(sensors)) {
	}
	group.Wait()
	return readings
}
