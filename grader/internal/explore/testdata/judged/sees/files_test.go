package sees

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// written is when a file was written by two goroutines, after a while.
func written(t *testing.T) time.Time {
	name := filepath.Join(t.TempDir(), "x")
	time.Sleep(2 * time.Second)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// want: unexplorable: it looks at the time of a file
func TestTimesOfFiles(t *testing.T) {
	before := time.Now()
	if d := written(t).Sub(before); d < time.Second || d > time.Minute {
		t.Error("written after", d)
	}
}

// want: pass
func TestOnlyLogsTheTimeOfAFile(t *testing.T) { t.Log(written(t)) }
