// finds: race

// Package errcapture saves two files and reports a failure; in the broken one all goroutines share err and the loop variable.
package errcapture

import (
	"errors"
	"sync"
	"testing"
)

var errFull = errors.New("disk is full")

func save(name string) error {
	if name == "big" {
		return errFull
	}
	return nil
}

// saveLoose assigns the named result from every goroutine; name is declared outside the loop.
func saveLoose(names []string) (err error) {
	var wg sync.WaitGroup
	var name string
	for _, name = range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err = save(name)
		}()
	}
	wg.Wait()
	return err
}

// saveAll keeps one error for each file.
func saveAll(names []string) error {
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = save(name)
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

func run(t *testing.T, save func([]string) error) {
	if err := save([]string{"big", "small"}); !errors.Is(err, errFull) {
		t.Errorf("error: got %v, want %v", err, errFull)
	}
}

func TestBug(t *testing.T)   { run(t, saveLoose) }
func TestFixed(t *testing.T) { run(t, saveAll) }
