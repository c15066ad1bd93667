package remade

import (
	"os"
	"path/filepath"
	"testing"
)

var shared string // TestMain makes it, once

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "shared")
	if err != nil {
		panic(err)
	}
	shared = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// It does not clean up, so that without the explorer it passes only once.
//
// want: pass
func TestFilesLeftBehind(t *testing.T) {
	name := filepath.Join(os.TempDir(), "remade-by-a-test")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	done := make(chan error) // with a choice, so that there is a second schedule
	go func() { done <- os.WriteFile(filepath.Join(name, "file"), nil, 0o600) }()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// want: pass
func TestFilesOfTestMain(t *testing.T) {
	if _, err := os.Stat(shared); err != nil {
		t.Error(err)
	}
	done := make(chan bool)
	go close(done)
	<-done
}
