// caught by: race in TestAskedOnce
// Wrong: a goroutine looks at its reading after it has said that it is done.

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

// failures is how many answers were errors so far, in all sweeps.
var failures atomic.Int64

// Sweep asks all sensors at the same time, each of them once, and returns their
// readings in the order of the sensors.
//
// It returns when the last sensor has answered, and leaves no goroutine behind.
// Any number of sweeps may run at the same time.
func Sweep(sensors []Sensor) []Reading {
	readings := make([]Reading, len(sensors))
	var group sync.WaitGroup
	group.Add(len(sensors))
	for i, ask := range sensors {
		go func() {
			defer readings[i].count()
			defer group.Done()
			readings[i].Celsius, readings[i].Err = ask()
		}()
	}
	group.Wait()
	return readings
}

func (r *Reading) count() {
	if r.Err != nil {
		failures.Add(1)
	}
}
