// finds: wrong

// Package setenv starts a worker with a mode from the environment; the broken worker reads it when the test has reset it.
package setenv

import (
	"os"
	"testing"
)

const key = "BUGS_SETENV_MODE"

// startLoose reads the environment some time after start has returned.
func startLoose(modes chan<- string) {
	go func() { modes <- os.Getenv(key) }()
}

// start reads it while the caller still waits: arguments are evaluated by the go statement.
func start(modes chan<- string) {
	go report(modes, os.Getenv(key))
}

func report(modes chan<- string, mode string) { modes <- mode }

func run(t *testing.T, start func(chan<- string)) {
	modes := make(chan string)
	for _, want := range []string{"fast", "safe"} {
		t.Run(want, func(t *testing.T) {
			t.Setenv(key, want)
			start(modes)
		})
		if got := <-modes; got != want {
			t.Errorf("mode: got %q, want %q", got, want)
		}
	}
}

func TestBug(t *testing.T)   { run(t, startLoose) }
func TestFixed(t *testing.T) { run(t, start) }
