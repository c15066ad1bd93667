//go:build linux

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/sampled"
)

// A fault happens while a grader is at work. It may end before that.
type fault func(*site, *grading) (happened bool)

// attempts is how often a grading is begun that ends before the fault happens.
const attempts = 5

// Whatever happens to a grading, no point is lost or won by it, nothing is left
// behind, and the next one is right. HEISENKATA_ALL=1 takes all of them, else about
// a sixth.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("grades while things go wrong, some dozen times")
	}
	buildGrader(t)
	t.Run("interference", interference)
	t.Run("the machine lacks something", theMachineLacksSomething)
	t.Run("the disk lets it down", theDiskLetsItDown)
}

// Processes are ended, and temporary files removed, while a grader is at work.
func interference(t *testing.T) {
	for _, f := range []struct {
		name  string
		fault fault
		then  func(*testing.T, *site, graded)
	}{
		{"a test process is killed", signalOne(isTest, syscall.SIGKILL), rightAtOnce},
		{"a test process is told to end", signalOne(isTest, syscall.SIGTERM), rightAtOnce},
		{"a test process is stopped", signalOne(isTest, syscall.SIGSTOP), rightAtOnce},
		{"every test process is killed", signalAll(isTest, syscall.SIGKILL), rightOrError},
		{"every race process is killed", signalAll(isCanary, syscall.SIGKILL), rightOrError},
		{"an explored process is killed", signalOne(isExplored, syscall.SIGKILL), rightAtOnce},
		{"every explored process is killed", signalAll(isExplored, syscall.SIGKILL), rightOrError},
		{"every explored process is told to end", signalAll(isExplored, syscall.SIGTERM), rightOrError},
		{"the compiler is killed", signalOne(tool("compile"), syscall.SIGKILL), rightAtOnce},
		{"the compiler is killed every time", signalAll(tool("compile"), syscall.SIGKILL), rightOrError},
		{"the linker is killed", signalOne(tool("link"), syscall.SIGKILL), rightAtOnce},
		{"the linker is killed every time", signalAll(tool("link"), syscall.SIGKILL), rightOrError},
		{"the go command is killed", signalOne(tool("go"), syscall.SIGKILL), rightOrError},
		{"the go command is killed in a build", signalOne(goRuns("test"), syscall.SIGKILL), rightAtOnce},
		{"the supervisor is killed", signalOne(isSupervisor, syscall.SIGKILL), rightAtOnce},
		{"the supervisor is killed every time", signalAll(isSupervisor, syscall.SIGKILL), rightOrError},
		{"the temporary files vanish under a test", vanish(isTest), rightOrError},
		{"the temporary files vanish under the compiler", vanish(tool("compile")), rightOrError},
		{"the temporary files vanish under the linker", vanish(tool("link")), rightOrError},
		{"the temporary files vanish under an exploration", vanish(isExplored), rightOrError},
		{"interrupted in a build", interrupt(tool("compile", "link"), os.Interrupt), interruptedBy(syscall.SIGINT)},
		{"told to end in a test", interrupt(isTest, syscall.SIGTERM), interruptedBy(syscall.SIGTERM)},
		{"told to end in an exploration", interrupt(isExplored, syscall.SIGTERM), interruptedBy(syscall.SIGTERM)},
		{"killed in a build", interrupt(tool("compile", "link"), syscall.SIGKILL), nextRight},
		{"killed in a test", interrupt(isTest, syscall.SIGKILL), nextRight},
		{"killed in an exploration", interrupt(isExplored, syscall.SIGKILL), nextRight},
	} {
		t.Run(f.name, func(t *testing.T) {
			inParallel(t, f.name)
			s := newSite(t)
			f.then(t, s, s.gradeWith(t, f.fault))
		})
	}
}

// inParallel runs a fault beside others, if it is one of those that are always tried.
func inParallel(t *testing.T, name string) {
	if !sampled.In(name, 9) {
		t.Skip("tried if HEISENKATA_ALL is set")
	}
	t.Parallel()
}

// gradeWith grades with a fault; again if the grading is over before it happens.
func (s *site) gradeWith(t *testing.T, f fault) (r graded) {
	for range attempts {
		g := s.start(t)
		happened := f(s, g)
		if r = g.result(t); happened {
			return r
		}
		r.isRight(t)
	}
	t.Skip("the grader was too fast for the fault")
	return r
}

// rightAtOnce: one such fault does not even keep the grader from its work.
func rightAtOnce(t *testing.T, s *site, r graded) {
	r.isRight(t)
	s.isClean(t)
}

func rightOrError(t *testing.T, s *site, r graded) {
	r.isRightOrError(t)
	s.isClean(t)
}

// interruptedBy: what was done is in the report, and the exit code says the rest.
func interruptedBy(signal syscall.Signal) func(*testing.T, *site, graded) {
	return func(t *testing.T, s *site, r graded) {
		if r.isRightOr(t, 128+int(signal)) {
			assert.Contains(t, r.stderr, "interrupted")
		}
		s.isClean(t)
	}
}

// nextRight: the next grading is right, and takes what this one left with it.
func nextRight(t *testing.T, s *site, r graded) {
	assert.Equal(t, -1, r.code)
	assert.Eventually(t, func() bool { return len(s.processes()) == 0 }, forever, poll, "processes outlive the grader")
	s.start(t).result(t).isRight(t)
	s.isClean(t)
}

// interrupt signals the grader itself, once there is a process of a kind.
func interrupt(is kind, sig os.Signal) fault {
	return func(s *site, g *grading) bool {
		_, ok := s.await(g, is)
		return ok && g.cmd.Process.Signal(sig) == nil
	}
}

// vanish removes all temporary files, once there is a process of a kind.
func vanish(is kind) fault {
	return func(s *site, g *grading) bool {
		if _, ok := s.await(g, is); !ok {
			return false
		}
		found, err := filepath.Glob(filepath.Join(s.tmp, "heisenkata-*"))
		for _, dir := range found {
			_ = os.RemoveAll(dir) // it may be gone already
		}
		return err == nil && len(found) > 0
	}
}
