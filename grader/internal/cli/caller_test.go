package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	fresh  = "/tmp/go-build3769574298/b001/exe/grader"
	cached = "/home/me/.cache/go-build/d1/" + strings.Repeat("d15ce505", 8) + "-d/grader"
)

// What is printed calls the grader as it was called.
func TestTheCallIsRepeated(t *testing.T) {
	for _, c := range []struct {
		want string
		caller
	}{
		{"go run ./grader list", caller{executable: fresh, dir: "/kata", root: "/kata"}},
		{"go run ./grader list", caller{executable: cached, dir: "/kata", root: "/kata"}},
		{"go run heisenkata/grader list", caller{executable: fresh, dir: "/kata/exercises", root: "/kata"}},
		{"go run heisenkata/grader list", caller{executable: cached, dir: "/kata/exercises", root: "/kata"}},
		{"grader list", caller{executable: "/home/me/go/bin/grader", onPath: "grader", dir: "/kata", root: "/kata"}},
		{"hk list", caller{executable: "/opt/hk/grader", onPath: "hk", dir: "/", root: ""}},
		{"./grader list", caller{executable: "/kata/grader", dir: "/kata", root: "/kata"}},
		{"bin/grader list", caller{executable: "/kata/bin/grader", dir: "/kata", root: "/kata"}},
		{"../bin/grader list", caller{executable: "/kata/bin/grader", dir: "/kata/exercises", root: "/kata"}},
		{"/opt/grader list", caller{executable: "/opt/grader", dir: "/home/me/kata/exercises", root: "/home/me/kata"}},
		{"'/my tools/grader' list", caller{executable: "/my tools/grader", dir: "/kata", root: "/kata"}},
		{"grader --kata ../a --submission . list", caller{executable: "/bin/grader", onPath: "grader", dir: "/kata", flags: " --kata ../a --submission ."}},
		{"go run ./grader list", caller{executable: "/tmp/heisenkata/grader", dir: "/w", flags: " --kata /k", standing: true}},
	} {
		assert.Equal(t, c.want, c.call("list"))
	}
}

// What another person has written is run by the grader, in its sandbox, and not by the go
// command.
func TestCommandsForAnothersCheckout(t *testing.T) {
	c := caller{executable: "/bin/grader", onPath: "grader", dir: "/class", tree: "/class/bob", flags: " --kata ../kata --submission bob", foreign: true}
	for _, command := range []string{"GOMAXPROCS=4 go test -race -run '^TestA$' ./exercises/01-a/01-b-c", "go vet ./exercises/01-a/01-b-c"} {
		assert.Equal(t, "grader --kata ../kata --submission bob run b-c", c.command(command))
	}
}

// A folder that only looks like one of the go command's does not count.
func TestABuiltProgramIsNotTakenForGoRun(t *testing.T) {
	for _, executable := range []string{
		"/home/me/go-build/grader", "/home/me/go-build12/grader", "/home/me/d1/grader", "/home/me/.cache/go-build/d1/abc-d/grader",
	} {
		assert.Equal(t, executable, caller{executable: executable, dir: "/some/where/else/far/away/from/here/in/a/long/path"}.call())
	}
}

// Reports hold commands for the root of a checkout. They are shown as commands
// for where the caller is.
func TestStoredCommandsWorkWhereTheCallerIs(t *testing.T) {
	const (
		replay = "go run ./grader replay hit-counter 'TestA@1 ./exercises/x'"
		race   = "GOMAXPROCS=2 go test -race -run '^TestA$' ./exercises/01-a/01-b"
		vet    = "go vet ./exercises/01-a/01-b"
	)
	for _, c := range []struct {
		caller
		replay, race, vet, readme string
	}{
		{caller{executable: fresh, dir: "/kata", root: "/kata", tree: "/kata"}, replay, race, vet, "exercises/01-a/01-b/README.md"},
		{
			caller{executable: fresh, dir: "/kata/exercises", root: "/kata", tree: "/kata"}, "go run heisenkata/grader replay hit-counter 'TestA@1 ./exercises/x'",
			"GOMAXPROCS=2 go test -race -run '^TestA$' ./01-a/01-b", "go vet ./01-a/01-b", "01-a/01-b/README.md",
		},
		{
			caller{onPath: "grader", dir: "/kata/exercises/01-a/01-b", root: "/kata", tree: "/kata"}, "grader replay hit-counter 'TestA@1 ./exercises/x'",
			"GOMAXPROCS=2 go test -race -run '^TestA$' .", "go vet .", "README.md",
		},
		{
			caller{onPath: "grader", dir: "/kata/exercises/02-c/01-d", root: "/kata", tree: "/kata"}, "grader replay hit-counter 'TestA@1 ./exercises/x'",
			"GOMAXPROCS=2 go test -race -run '^TestA$' ../../01-a/01-b", "go vet ../../01-a/01-b", "../../01-a/01-b/README.md",
		},
		{
			caller{onPath: "grader", dir: "/home", root: "", tree: "/kata", flags: " --kata /kata"}, "grader --kata /kata replay hit-counter 'TestA@1 ./exercises/x'",
			"GOMAXPROCS=2 go test -C /kata -race -run '^TestA$' ./exercises/01-a/01-b", "go vet -C /kata ./exercises/01-a/01-b", "/kata/exercises/01-a/01-b/README.md",
		},
		{caller{standing: true, dir: "/work", tree: "/kata", flags: " --kata /kata"}, replay, race, vet, "exercises/01-a/01-b/README.md"},
	} {
		assert.Equal(t, c.replay, c.command(replay), c.dir)
		assert.Equal(t, c.race, c.command(race), c.dir)
		assert.Equal(t, c.vet, c.command(vet), c.dir)
		assert.Equal(t, c.readme, c.path("exercises/01-a/01-b/README.md"), c.dir)
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{"": "''", "a/b-c_d.go": "a/b-c_d.go", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'", "*": "'*'"} {
		assert.Equal(t, want, shellWord(text))
	}
}

// What is graded may be elsewhere than the kata, whose READMEs are the ones to read.
func TestPathsOfTheKata(t *testing.T) {
	c := caller{dir: "/class/ann", tree: "/class/ann"}
	assert.Equal(t, "exercises/a/b.go", c.path("exercises/a/b.go"))
	assert.Equal(t, "../kata/exercises/a", c.pathFrom("/class/kata", "exercises/a"))
	c.standing = true
	assert.Equal(t, "exercises/a", c.pathFrom("/class/kata", "exercises/a"), "another machine has other paths")
}
