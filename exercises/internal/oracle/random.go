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

// Random returns a source of sizes and values for the test, so that a fix cannot
// hard-code them. Each call draws a new seed. If the test fails, it logs the seed; set
// HEISENKATA_SEED to that to get the same values again.
//
// It must not be used by several goroutines at once.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text, ok := os.LookupEnv(seedVariable); ok {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s must be a number logged by a failed test: %v", seedVariable, err)
		}
		seed = given
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat the sizes of this run: %s=%d", seedVariable, seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// Large reports whether a test should use its largest sizes: it does in its first run
// in a process but not in later ones, so that a hundred runs are quick.
func Large(t testing.TB) bool {
	_, later := ran.LoadOrStore(t.Name(), true)
	return !later
}

var ran, asked sync.Map
