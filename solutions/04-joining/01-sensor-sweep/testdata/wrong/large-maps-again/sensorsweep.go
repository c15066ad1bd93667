// caught by: tests in TestAskedOnce
// Wrong: the readings of a large sweep are used again by the next but one.

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

// large is from how many sensors on readings are used again.
const large = 1000

var drawing struct {
	mu        sync.Mutex
	old, last []Reading // of the last two large sweeps; no map is drawn from the old one any more
}

// room returns room for the readings of n sensors.
func room(n int) []Reading {
	if n < large {
		return make([]Reading, n)
	}
	drawing.mu.Lock()
	defer drawing.mu.Unlock()
	readings := drawing.old
	drawing.old, drawing.last = drawing.last, nil
	if cap(readings) < n {
		readings = make([]Reading, n)
	}
	return readings[:n]
}

// drawn keeps the readings of a large sweep for the one after the next.
func drawn(readings []Reading) {
	if len(readings) < large {
		return
	}
	drawing.mu.Lock()
	defer drawing.mu.Unlock()
	drawing.last = readings
}

// Sweep asks all sensors at the same time, and returns their readings in the order of the sensors.
func Sweep(sensors []Sensor) []Reading {
	readings := room(len(sensors))
	var group sync.WaitGroup
	for i, ask := range sensors {
		group.Go(func() { readings[i].Celsius, readings[i].Err = ask() })
	}
	group.Wait()
	drawn(readings)
	return readings
}
