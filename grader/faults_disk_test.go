//go:build linux

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// From the start, the machine lacks something.
func theMachineLacksSomething(t *testing.T) {
	for _, lack := range []struct {
		name string
		of   func(*testing.T, *site) (wrap []string)
		then func(*testing.T, *site, graded)
	}{
		{"no room for anything", room("64k"), lacking},
		{"no room for the linker", room("10m"), lacking},
		{"a file in place of the build cache", cacheIsFile, lacking},
		{"a build cache without room", cacheOverlay("size=16k"), lacking},
		{"a build cache that cannot be written to", cacheOverlay("ro"), rightOrError},
		{"little address space", addressSpace, nothingWrong},
		{"little memory", littleMemory, nothingWrong},
		{"a home that cannot be written to", readOnlyHome, rightAtOnce},
		{"a tree that cannot be written to", readOnlyTree, rightAtOnce},
	} {
		t.Run(lack.name, func(t *testing.T) {
			inParallel(t, lack.name)
			s := newSite(t)
			wrap := lack.of(t, s)
			lack.then(t, s, s.start(t, wrap...).result(t))
		})
	}
}

// lacking checks that the grader says it could not do its work.
func lacking(t *testing.T, s *site, r graded) {
	assert.True(t, r.isRightOrError(t), "it graded anyway")
	s.isClean(t)
}

// The disk fills up, or the build cache disappears, while a grader is running.
func theDiskLetsItDown(t *testing.T) {
	for _, f := range []struct {
		name  string
		of    func(*testing.T, *site) (wrap []string)
		fault fault
	}{
		{"the disk fills up in a build", room("160m"), fill(tool("link"), never)},
		{"the disk fills up in a test", room("160m"), fill(isTest, never)},
		{"the disk fills up in an exploration", room("160m"), fill(isExplored, never)},
		{"the disk is full for a while in a build", room("160m"), fill(tool("compile"), tool("link"))},
		{"the disk is full for a while in a test", room("160m"), fill(isTest, tool("link", "compile"))},
		{"the disk is full for a while in an exploration", room("160m"), fill(isExplored, isTest)},
		{"the build cache is removed in a build", cacheOverlay("size=64m"), removeCache(tool("link", "compile"))},
	} {
		t.Run(f.name, func(t *testing.T) {
			inParallel(t, f.name)
			s := newSite(t)
			f.of(t, s)
			rightOrError(t, s, s.gradeWith(t, f.fault))
		})
	}
}

// mount mounts something for the duration of the test, or skips the test.
func mount(t *testing.T, source, target, kind string, flags uintptr, options string) {
	if err := unix.Mount(source, target, kind, flags, options); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, unix.Unmount(target, unix.MNT_DETACH)) })
}

// room limits the space for temporary files to size.
func room(size string) func(*testing.T, *site) []string {
	return func(t *testing.T, s *site) []string {
		mount(t, "tmpfs", s.tmp, "tmpfs", 0, "size="+size)
		return nil
	}
}

func never(*site, seen) bool { return false }

// fill uses up all space for temporary files from when a process of the one kind
// starts until one of the other does.
func fill(begin, end kind) fault {
	return func(s *site, g *grading) bool {
		if _, ok := s.await(g, begin); !ok {
			return false
		}
		ballast := filepath.Join(s.tmp, "ballast")
		f, err := os.Create(ballast)
		if err == nil {
			_, err = io.Copy(f, zeros{})
			_ = f.Close() // it is not needed any more
		}
		s.await(g, end)
		return os.Remove(ballast) == nil && err != nil
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func cacheIsFile(t *testing.T, s *site) []string {
	s.env["GOCACHE"] = filepath.Join(t.TempDir(), "cache")
	require.NoError(t, os.WriteFile(s.env["GOCACHE"], nil, 0o644))
	return nil
}

// cacheOverlay gives the grader a build cache with everything that is in the real one,
// but little room for more.
func cacheOverlay(options string) func(*testing.T, *site) []string {
	return func(t *testing.T, s *site) []string {
		cache, dir := goEnv(t, "GOCACHE"), t.TempDir()
		s.env["GOCACHE"] = filepath.Join(dir, "cache")
		require.NoError(t, os.Mkdir(s.env["GOCACHE"], 0o755))
		if options == "ro" {
			mount(t, cache, s.env["GOCACHE"], "", unix.MS_BIND, "")
			require.NoError(t, unix.Mount("", s.env["GOCACHE"], "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
			return nil
		}
		upper := filepath.Join(dir, "upper")
		require.NoError(t, os.Mkdir(upper, 0o755))
		mount(t, "tmpfs", upper, "tmpfs", 0, options)
		files, work := filepath.Join(upper, "files"), filepath.Join(upper, "work")
		require.NoError(t, os.Mkdir(files, 0o755))
		require.NoError(t, os.Mkdir(work, 0o755))
		mount(t, "overlay", s.env["GOCACHE"], "overlay", 0, "lowerdir="+cache+",upperdir="+files+",workdir="+work)
		return nil
	}
}

func goEnv(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// removeCache deletes everything in the build cache.
func removeCache(is kind) fault {
	return func(s *site, g *grading) bool {
		if _, ok := s.await(g, is); !ok {
			return false
		}
		found, err := filepath.Glob(filepath.Join(s.env["GOCACHE"], "*"))
		for _, name := range found {
			_ = os.RemoveAll(name) // another process may have created it again
		}
		return err == nil && len(found) > 0
	}
}

// addressSpace leaves each process less than the go command sometimes needs.
func addressSpace(*testing.T, *site) []string {
	return []string{"/bin/sh", "-c", `ulimit -v 1800000 && exec "$@"`, "sh"}
}

// littleMemory puts the grader into a group whose processes are killed when they use
// as much memory as linking needs.
func littleMemory(t *testing.T, _ *site) []string {
	group, err := os.MkdirTemp("/sys/fs/cgroup/memory", "heisenkata-test-")
	if err != nil {
		t.Skipf("there are no such groups here: %v", err)
	}
	t.Cleanup(func() {
		assert.Eventually(t, func() bool { return unix.Rmdir(group) == nil }, forever, poll, "a process is left in the group")
	})
	if err := os.WriteFile(filepath.Join(group, "memory.limit_in_bytes"), []byte("48M"), 0o644); err != nil {
		t.Skipf("memory cannot be limited here: %v", err)
	}
	return []string{"/bin/sh", "-c", "echo $$ >" + group + `/cgroup.procs && exec "$@"`, "sh"}
}

// nothingWrong checks that a grader that had no memory for itself has scored nothing.
func nothingWrong(t *testing.T, s *site, r graded) {
	if r.report == nil {
		assert.NotContains(t, []int{0, 1}, r.code, r.stderr)
		return
	}
	rightOrError(t, s, r)
}

func readOnlyHome(t *testing.T, s *site) []string {
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		s.env[name] = goEnv(t, name)
	}
	s.env["HOME"] = t.TempDir()
	mount(t, "tmpfs", s.env["HOME"], "tmpfs", unix.MS_RDONLY, "")
	return nil
}

func readOnlyTree(t *testing.T, s *site) []string {
	mount(t, s.tree, s.tree, "", unix.MS_BIND, "")
	require.NoError(t, unix.Mount("", s.tree, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	return nil
}
