// Right: nothing is shared. The readings are sent, each with the number of its sensor.

// Package sensorsweep reads the temperature sensors of a server room.
package sensorsweep

// Sensor asks one sensor for its temperature. It may take its time, and may fail.
type Sensor func() (celsius float64, err error)

// Reading is what one sensor returned.
type Reading struct {
	Celsius float64
	Err     error
}

// answer is a reading on its way.
type answer struct {
	sensor  int
	reading Reading
}

// Sweep asks all sensors at the same time, each of them once, and returns their
// readings in the order of the sensors.
//
// It returns when the last sensor has answered, and leaves no goroutine behind.
// Any number of sweeps may run at the same time.
func Sweep(sensors []Sensor) []Reading {
	answers := make(chan answer, len(sensors))
	for i, ask := range sensors {
		go func() {
			celsius, err := ask()
			answers <- answer{i, Reading{celsius, err}}
		}()
	}
	readings := make([]Reading, len(sensors))
	for range sensors {
		a := <-answers
		readings[a.sensor] = a.reading
	}
	return readings
}
