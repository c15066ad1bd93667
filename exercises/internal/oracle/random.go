package oracle

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
)

// seedVariable names the environment variable that repeats the sizes of a run.
const seedVariable = "HEISENKATA_SEED"

// Random returns the test's own source of sizes and values, so that no fix can
// know them by heart. Each call of a test draws anew. If the test fails, it logs
// the seed; with HEISENKATA_SEED set to it, the same sizes come again.
//
// It is for one goroutine at a time.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text, ok := os.LookupEnv(seedVariable); ok {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s is to be a number, as a failed test has logged it: %v", seedVariable, err)
		}
		seed = given
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the sizes of this run: %s=%d", seedVariable, seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// Large tells whether a test is to use its largest sizes: in the first of its runs in
// a process, but not in the others, so that a hundred runs are quick.
func Large(t testing.TB) bool {
	_, later := ran.LoadOrStore(t.Name(), true)
	return !later
}

var ran sync.Map
