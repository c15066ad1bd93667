// finds: wrong

// The generator is started by a package variable and is still there when the test ends; that is no leak.
package varinit_test

import (
	"sync"
	"testing"

	"bugs/varinit"
)

func run(t *testing.T, block func(string) (int, int)) {
	var wg sync.WaitGroup
	for _, user := range []string{"ann", "bob"} {
		wg.Go(func() {
			a, b := block(user)
			if b != a+1 || varinit.Last(user) != b {
				t.Errorf("block of %s: got %d and %d (last %d), want neighbours", user, a, b, varinit.Last(user))
			}
		})
	}
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, varinit.BlockLoose) }
func TestFixed(t *testing.T) { run(t, varinit.Block) }
