// caught by: tests in TestAllAtOnce
// Wrong: a sensor that is being asked is not in the slice, and comes back when it has answered.
// The caller, or another sweep of the same slice, finds nil.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import "sync"

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
	for i := range sensors {
		ask := sensors[i]
		sensors[i] = nil
		group.Go(func() {
			celsius, err := ask()
			sensors[i] = ask
			readings[i] = Reading{Celsius: celsius, Err: err}
		})
	}
	group.Wait()
	return readings
}
