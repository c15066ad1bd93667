// finds: deadlock

// Package oncerecursive loads settings once; the broken loader asks for the settings while it loads them.
package oncerecursive

import (
	"sync"
	"testing"
)

type settings struct {
	once   sync.Once
	values map[string]string
}

// getLoose runs the loader in Do, and the loader comes back to Do.
func (s *settings) getLoose(key string) string {
	s.once.Do(func() {
		s.values = map[string]string{"region": "north"}
		s.values["host"] = "db." + s.getLoose("region")
	})
	return s.values[key]
}

// get builds the values from a local map.
func (s *settings) get(key string) string {
	s.once.Do(func() {
		values := map[string]string{"region": "north"}
		values["host"] = "db." + values["region"]
		s.values = values
	})
	return s.values[key]
}

func run(t *testing.T, get func(*settings, string) string) {
	s := new(settings)
	var hosts [2]string
	var wg sync.WaitGroup
	for i := range hosts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			hosts[i] = get(s, "host")
		}()
	}
	wg.Wait()
	for _, h := range hosts {
		if h != "db.north" {
			t.Errorf("host: got %q, want db.north", h)
		}
	}
}

func TestBug(t *testing.T)   { run(t, (*settings).getLoose) }
func TestFixed(t *testing.T) { run(t, (*settings).get) }
