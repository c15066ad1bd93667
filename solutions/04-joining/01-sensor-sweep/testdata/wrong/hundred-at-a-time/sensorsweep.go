// caught by: tests in TestAllAtOnce
// Wrong: a limit of a hundred is none for sixty sensors. The new building has three hundred.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import "golang.org/x/sync/errgroup"

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
	var group errgroup.Group
	group.SetLimit(100)
	for i, ask := range sensors {
		group.Go(func() error {
			celsius, err := ask()
			readings[i] = Reading{celsius, err}
			return nil
		})
	}
	_ = group.Wait()
	return readings
}
