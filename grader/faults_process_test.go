//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	forever = 5 * time.Minute // longer than anything here takes, and nothing waits for it
	poll    = time.Millisecond
)

// seen is a process of a grading.
type seen struct {
	pid  int
	exe  string
	args []string
}

// processes are those that have to do with the site's folder of temporary files:
// they run from it, in it, or were told of it.
func (s *site) processes() (found []seen) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if p, ok := s.look(pid); ok {
			found = append(found, p)
		}
	}
	return found
}

// look reads what the system says of a process. One that has just ended, or that
// has not been waited for yet, has no program any more.
func (s *site) look(pid int) (p seen, ours bool) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	p.pid = pid
	p.exe, _ = os.Readlink(filepath.Join(dir, "exe"))
	if p.exe == "" {
		return p, false
	}
	cwd, _ := os.Readlink(filepath.Join(dir, "cwd"))
	line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
	environ, _ := os.ReadFile(filepath.Join(dir, "environ"))
	p.args = strings.Split(string(line), "\x00")
	return p, strings.Contains(strings.Join([]string{p.exe, cwd, string(line), string(environ)}, "\x00"), s.tmp)
}

// kind is a sort of process that a grading runs.
type kind func(*site, seen) bool

// isTest and the like tell what a process is.
func isTest(s *site, p seen) bool { return s.runs(p, "bin/plain") || s.runs(p, "bin/race") }

func isExplored(s *site, p seen) bool {
	return strings.HasPrefix(p.exe, s.tmp) && strings.HasSuffix(p.exe, ".test")
}

func isCanary(s *site, p seen) bool { return s.runs(p, "bin/race") }

// runs reports whether a process is a binary that was built in a staging folder.
func (s *site) runs(p seen, name string) bool {
	return strings.HasPrefix(p.exe, s.tmp) && strings.HasSuffix(p.exe, name)
}

func tool(names ...string) kind {
	return func(_ *site, p seen) bool {
		for _, name := range names {
			if filepath.Base(p.exe) == name {
				return true
			}
		}
		return false
	}
}

// goRuns: the go command with a command of its own.
func goRuns(command string) kind {
	return func(s *site, p seen) bool {
		return tool("go")(s, p) && len(p.args) > 1 && p.args[1] == command
	}
}

// isSupervisor: it watches over the go command.
func isSupervisor(_ *site, p seen) bool {
	return len(p.args) > 2 && p.args[1] == "sandboxed!" && p.args[2] == "watch"
}

// await waits until there is a process of a kind; false if the grading ended first.
func (s *site) await(g *grading, is kind) (found seen, ok bool) {
	for {
		for _, p := range s.processes() {
			if is(s, p) {
				return p, true
			}
		}
		select {
		case <-g.ended:
			return seen{}, false
		case <-time.After(poll):
		}
	}
}

// signalOne signals the first process of a kind.
func signalOne(is kind, sig syscall.Signal) fault {
	return func(s *site, g *grading) (happened bool) {
		p, ok := s.await(g, is)
		return ok && syscall.Kill(p.pid, sig) == nil
	}
}

// signalAll signals every process of a kind as soon as it is seen, up to the end.
func signalAll(is kind, sig syscall.Signal) fault {
	return func(s *site, g *grading) (happened bool) {
		for {
			p, ok := s.await(g, is)
			if !ok {
				return happened
			}
			happened = syscall.Kill(p.pid, sig) == nil || happened
		}
	}
}
