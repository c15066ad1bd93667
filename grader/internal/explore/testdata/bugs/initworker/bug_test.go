// finds: race

// The worker is started by init and is still there when the test ends; that is no leak.
package initworker_test

import (
	"sync"
	"testing"

	"bugs/initworker"
)

func run(t *testing.T, issued func() int) {
	before := initworker.Issued()
	var tickets [2]int
	var wg sync.WaitGroup
	for i := range tickets {
		wg.Go(func() { tickets[i] = initworker.Next() })
	}
	if n := issued() - before; n < 0 || n > 2 {
		t.Errorf("issued: got %d, want 0 to 2", n)
	}
	wg.Wait()
	if tickets[0] == tickets[1] {
		t.Errorf("ticket %d issued twice", tickets[0])
	}
}

func TestBug(t *testing.T)   { run(t, initworker.IssuedLoose) }
func TestFixed(t *testing.T) { run(t, initworker.Issued) }
