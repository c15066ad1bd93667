package oracle

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"heisenkata/exercises/internal/attest"
)

// Main runs the tests of an exercise, checks for leaked goroutines at the end, and
// exits. Every exercise has it:
//
//	func TestMain(m *testing.M) { oracle.Main(m) }
//
// It is goleak.VerifyTestMain, and also reports to the grader how each test ended.
func Main(m *testing.M) {
	stop := endIfStuck()
	code := attest.Run(m)
	stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintf(os.Stderr, "goleak: Errors on successful test run: %v\n", err)
			attest.Leaks()
			code = 1
		}
	}
	attest.Done(code)
	os.Exit(code)
}
