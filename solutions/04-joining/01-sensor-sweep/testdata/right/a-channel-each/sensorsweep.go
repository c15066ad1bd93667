// Right: each sensor has a channel, and the sweep receives from one after the other. The goroutines run
// at the same time anyway.

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
	answers := make([]chan Reading, len(sensors))
	for i, ask := range sensors {
		answers[i] = make(chan Reading)
		go func() {
			celsius, err := ask()
			answers[i] <- Reading{celsius, err}
		}()
	}
	readings := make([]Reading, len(sensors))
	for i, answer := range answers {
		readings[i] = <-answer
	}
	return readings
}
