// finds: race

// Two readers miss at once, and both write to the map.
package genericcache_test

import (
	"strings"
	"sync"
	"testing"

	"bugs/genericcache"
)

type cache = genericcache.Cache[string, *string]

func upper(s string) *string {
	s = strings.ToUpper(s)
	return &s
}

func run(t *testing.T, get func(*cache, string) *string) {
	c := genericcache.New(upper)
	var got [2]*string
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = get(c, "ann") })
	}
	wg.Wait()
	if got[0] != got[1] || *got[0] != "ANN" {
		t.Errorf("values: got %p and %p, want one", got[0], got[1])
	}
}

func TestBug(t *testing.T)   { run(t, (*cache).GetLoose) }
func TestFixed(t *testing.T) { run(t, (*cache).Get) }
