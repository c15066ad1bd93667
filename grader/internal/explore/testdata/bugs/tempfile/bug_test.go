// finds: wrong

// Package tempfile saves a file in the background; the broken test reads it without waiting for the writer.
package tempfile

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

type saver struct {
	wg  sync.WaitGroup
	mu  sync.Mutex
	err error
}

func (s *saver) save(name, text string) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		err := os.WriteFile(name, []byte(text), 0o600)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.err = err
	}()
}

// settled reports the error so far; wait makes it the error of the finished write.
func (s *saver) settled(wait bool) error {
	if wait {
		s.wg.Wait()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func run(t *testing.T, wait bool) {
	s := new(saver)
	t.Cleanup(s.wg.Wait)
	name := filepath.Join(t.TempDir(), "note.txt")
	s.save(name, "milk")
	if err := s.settled(wait); err != nil {
		t.Errorf("save: %v", err)
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != "milk" {
		t.Errorf("note: got %q, %v", got, err)
	}
	s.wg.Wait()
}

func TestBug(t *testing.T)   { run(t, false) }
func TestFixed(t *testing.T) { run(t, true) }
