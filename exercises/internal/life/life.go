// Package life draws the values that tests pass to the code under test, so that they
// look like what that code would meet in production: errors of several types, hosts of
// several domains, sizes of every magnitude, elements of several kinds, any year. It is
// for catching code that is right only for the values that a typical test would use.
//
// It draws from math/rand/v2, whose numbers belong to the schedule when a test is
// explored.
package life

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Host returns a host name for a number. Different numbers have different hosts, and
// none is part of another.
func Host(number int) string {
	names := []string{
		"shop-%d.example.com", "www.%d.example.org", "api-%d.example.net", "n%d.eu-west-1.example.com", "m-%d.example",
		"192.0.2.1:%d", "[2001:db8::1]:%d", "localhost:%d",
	}
	return fmt.Sprintf(names[rand.IntN(len(names))], 8000+number)
}

// AnyYear moves the clock of a bubble to some year of this century.
// Outside a bubble it does nothing. Call it before anything else runs
// in the bubble.
func AnyYear(r *rand.Rand) {
	if age := time.Since(bubbles); age >= 0 && age < time.Second {
		time.Sleep(bubbles.AddDate(r.IntN(100), 0, r.IntN(365)).Sub(bubbles))
	}
}

// bubbles is the time at which a bubble begins.
var bubbles = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
