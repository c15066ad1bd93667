// caught by: tests in TestWaitsForTheSlowest
// Wrong: a sensor that has not answered after ten years is given up. It is still running
// when Sweep returns.

package sensorsweep

import (
	"errors"
	"time"
)

type Sensor func() (celsius float64, err error)

type Reading struct {
	Celsius float64
	Err     error
}

var errSilent = errors.New("sensor is silent")

func Sweep(sensors []Sensor) []Reading {
	type answer struct {
		Reading
		sensor int
	}
	answers := make(chan answer, len(sensors))
	for i, ask := range sensors {
		go func() {
			celsius, err := ask()
			answers <- answer{Reading{celsius, err}, i}
		}()
	}
	readings := make([]Reading, len(sensors))
	for i := range readings {
		readings[i].Err = errSilent
	}
	enough := time.NewTimer(10 * 365 * 24 * time.Hour)
	defer enough.Stop()
	for range sensors {
		select {
		case a := <-answers:
			readings[a.sensor] = a.Reading
		case <-enough.C:
			return readings
		}
	}
	return readings
}
