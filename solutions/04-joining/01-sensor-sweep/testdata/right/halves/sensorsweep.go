// Right: one half on another goroutine, the other half on this one, and so on.

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
	sweep(sensors, readings)
	return readings
}

// sweep asks sensors, and writes what they return to readings.
func sweep(sensors []Sensor, readings []Reading) {
	if len(sensors) < 2 {
		for i, ask := range sensors {
			readings[i].Celsius, readings[i].Err = ask()
		}
		return
	}
	half := len(sensors) / 2
	var other sync.WaitGroup
	other.Go(func() { sweep(sensors[:half], readings[:half]) })
	sweep(sensors[half:], readings[half:])
	other.Wait()
}
