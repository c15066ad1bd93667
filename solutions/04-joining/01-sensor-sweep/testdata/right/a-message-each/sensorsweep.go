// Right: each goroutine sends a message when its reading is stored, and Sweep receives as many
// as it has started goroutines. A send comes before its receive.

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
	readings := make([]Reading, len(sensors))
	stored := make(chan struct{})
	for i, ask := range sensors {
		go func() {
			celsius, err := ask()
			readings[i] = Reading{celsius, err}
			stored <- struct{}{}
		}()
	}
	for range sensors {
		<-stored
	}
	return readings
}
