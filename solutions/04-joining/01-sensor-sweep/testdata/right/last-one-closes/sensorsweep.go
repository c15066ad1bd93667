// Right: the goroutine that counts down to zero tells the sweep. Each has stored its reading before
// it counts.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

import "sync/atomic"

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
	done := make(chan struct{})
	var missing atomic.Int64
	missing.Store(int64(len(sensors)))
	for i, ask := range sensors {
		go func() {
			celsius, err := ask()
			readings[i] = Reading{celsius, err}
			if missing.Add(-1) == 0 {
				close(done)
			}
		}()
	}
	if len(sensors) > 0 {
		<-done
	}
	return readings
}
