// Right: each goroutine holds a read lock until its reading is stored, and the sweep gets the write lock
// when the last of them has been released.

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
	var asking sync.RWMutex
	for i, ask := range sensors {
		asking.RLock()
		go func() {
			defer asking.RUnlock()
			readings[i].Celsius, readings[i].Err = ask()
		}()
	}
	asking.Lock()
	defer asking.Unlock()
	return readings
}
