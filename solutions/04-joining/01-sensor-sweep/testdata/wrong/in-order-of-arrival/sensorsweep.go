// caught by: tests in TestWaitsForTheSlowest
// Wrong: the first to answer is the first in the slice, whichever sensor it is.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

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
	answers := make(chan Reading)
	for _, ask := range sensors {
		go func() {
			celsius, err := ask()
			answers <- Reading{celsius, err}
		}()
	}
	var readings []Reading
	for range sensors {
		readings = append(readings, <-answers)
	}
	return readings
}
