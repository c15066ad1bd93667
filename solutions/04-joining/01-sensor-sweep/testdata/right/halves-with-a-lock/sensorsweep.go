// Right: one half on another goroutine, and a lock that it unlocks when that half is read.

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

// sweep asks one half of the sensors in a goroutine and the other half in this one.
func sweep(sensors []Sensor, readings []Reading) {
	switch n := len(sensors); n {
	case 0:
	case 1:
		readings[0].Celsius, readings[0].Err = sensors[0]()
	default:
		var half sync.Mutex
		half.Lock()
		go func() {
			defer half.Unlock()
			sweep(sensors[:n/2], readings[:n/2])
		}()
		sweep(sensors[n/2:], readings[n/2:])
		half.Lock()
		half.Unlock()
	}
}
