// finds: race
// tells: visits: got

// Package maprace counts visits by city; the broken one writes to one map from two goroutines.
package maprace

import (
	"sync"
	"testing"
)

type visits map[string]int

// countLoose shares the map without a lock.
func countLoose(days [][]string) visits {
	total := visits{}
	var wg sync.WaitGroup
	for _, day := range days {
		wg.Go(func() {
			for _, city := range day {
				total[city] += 1
			}
		})
	}
	wg.Wait()
	return total
}

// count gives each goroutine a map and joins them at the end.
func count(days [][]string) visits {
	parts := make(chan visits)
	for _, day := range days {
		go func() {
			part := visits{}
			for _, city := range day {
				part[city] += 1
			}
			parts <- part
		}()
	}
	total := visits{}
	for range days {
		for city, n := range <-parts {
			total[city] += n
		}
	}
	return total
}

func run(t *testing.T, count func([][]string) visits) {
	got := count([][]string{{"rome", "oslo"}, {"rome"}})
	if got["rome"] != 2 || got["oslo"] != 1 {
		t.Errorf("visits: got %v", got)
	}
}

func TestBug(t *testing.T)   { run(t, countLoose) }
func TestFixed(t *testing.T) { run(t, count) }
