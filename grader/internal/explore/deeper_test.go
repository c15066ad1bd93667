package explore

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// theirs is a dependency that calls the code under test while it holds a lock. Nothing that
// it exports says so.
const theirs = `package store

import "sync"

type Store struct{ inner *inner }

type inner struct {
	mu sync.Mutex
	n  int
}

func New() *Store { return &Store{&inner{}} }

func (s *Store) Update(f func(n int) int) {
	s.inner.mu.Lock()
	defer s.inner.mu.Unlock()
	s.inner.n = f(s.inner.n)
}
`

const oursOfIt = `package a

import (
	"sync"
	"sync/atomic"
	"testing"

	"example.com/store"
)

func TestUpdates(t *testing.T) {
	s := store.New()
	var wg sync.WaitGroup
	var seen atomic.Int64
	for range 2 {
		wg.Go(func() {
			s.Update(func(n int) int { seen.Add(1); return n + 1 })
		})
	}
	wg.Wait()
	s.Update(func(n int) int {
		if n != 2 || seen.Load() != 2 {
			t.Error(n)
		}
		return n
	})
}
`

// servedModule makes a proxy with one module, and returns the environment of a go command that
// has nothing else.
func servedModule(t *testing.T, path, source string) (env []string) {
	t.Helper()
	served := filepath.Join(t.TempDir(), path, "@v")
	require.NoError(t, os.MkdirAll(served, 0o755))
	mod := "module " + path + "\n\ngo 1.25\n"
	archive, err := os.Create(filepath.Join(served, "v1.0.0.zip"))
	require.NoError(t, err)
	z := zip.NewWriter(archive)
	for name, text := range map[string]string{"go.mod": mod, "store.go": source} {
		w, err := z.Create(path + "@v1.0.0/" + name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, archive.Close())
	require.NoError(t, os.WriteFile(filepath.Join(served, "v1.0.0.mod"), []byte(mod), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(served, "v1.0.0.info"), []byte(`{"Version": "v1.0.0"}`), 0o644))
	proxy := filepath.ToSlash(filepath.Dir(filepath.Dir(filepath.Dir(served))))
	return append(os.Environ(), "GOWORK=off", "GOPROXY=file://"+proxy, "GOSUMDB=off", "GOFLAGS=-modcacherw", "GOMODCACHE="+filepath.Join(t.TempDir(), "mod"))
}

// A dependency that makes goroutines wait for each other is rewritten once a test has shown it.
func TestDependencyWithALock(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	env, dir := servedModule(t, "example.com/store", theirs), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module a\n\ngo 1.25\n\nrequire example.com/store v1.0.0\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte(oursOfIt), 0o600))
	tidy := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	tidy.Dir, tidy.Env = dir, env
	out, err := tidy.CombinedOutput()
	require.NoError(t, err, "%s", out)
	r, err := Explore(t.Context(), Options{Dir: dir, Env: env, Patterns: []string{"."}, Seed: 1, Budget: Budget{Schedules: 50, Time: time.Minute, Steps: Normal.Steps}, Processors: 1})
	require.NoError(t, err)
	require.Len(t, r.Packages, 1)
	require.Empty(t, r.Packages[0].Reason)
	require.Len(t, r.Packages[0].Tests, 1)
	assert.Equal(t, explored.Pass, r.Packages[0].Tests[0].Verdict, r.Packages[0].Tests[0].Summary)
}
