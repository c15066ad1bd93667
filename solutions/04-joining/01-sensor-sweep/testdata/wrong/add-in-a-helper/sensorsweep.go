// caught by: explore in TestScheduleTwoSensors
// Wrong: Add is in the goroutine, where go vet does not look for it. Wait may come before it.

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
	s := sweep{readings: make([]Reading, len(sensors))}
	for i, ask := range sensors {
		go s.ask(i, ask)
	}
	s.group.Wait()
	return s.readings
}

type sweep struct {
	group    sync.WaitGroup
	readings []Reading
}

func (s *sweep) ask(i int, ask Sensor) {
	s.group.Add(1)
	defer s.group.Done()
	celsius, err := ask()
	s.readings[i] = Reading{celsius, err}
}
