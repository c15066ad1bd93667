// caught by: tests in TestWaitsForTheSlowest
// Wrong: it waits for all sensors, but not longer than a minute. Then it returns readings that others still write.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import (
	"sync"
	"time"
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
	for i, ask := range sensors {
		group.Go(func() {
			celsius, err := ask()
			readings[i] = Reading{celsius, err}
		})
	}
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
	}
	return readings
}
