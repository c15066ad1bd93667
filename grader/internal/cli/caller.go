package cli

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
)

// caller is how the grader was called, and from where. Every command that the
// grader prints repeats it, so that it works as it stands.
type caller struct {
	executable string // the grader's own
	onPath     string // the name by which the shell finds the executable, or ""
	dir        string // the working folder
	root       string // of the checkout around it, or ""
	tree       string // of the checkout that the command is about
	flags      string // those that chose the checkout, as they were given
	foreign    bool   // the tree is another person's: nothing of it runs without the sandbox
	standing   bool   // keep to the standing form, for readers who are elsewhere
}

// standingCall begins a command of the grader's in all that is stored: it works
// at the root of any checkout.
const standingCall = "go run ./grader"

// callFromBelow works in every folder of the module.
const callFromBelow = "go run heisenkata/grader"

// thisCall finds out how the grader was called.
func thisCall() caller {
	c := caller{standing: os.Getenv("GITHUB_ACTIONS") == "true"}
	c.executable, _ = os.Executable()
	c.dir, _ = os.Getwd()
	c.root, _ = kata.FindRoot(c.dir)
	name := filepath.Base(os.Args[0])
	if found, err := exec.LookPath(name); err == nil && sameFile(found, c.executable) {
		c.onPath = name
	}
	return c
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// builtByGoRun matches the programs that `go run` builds: those of its temporary
// folder, and since Go 1.24 those that it keeps in the build cache.
var builtByGoRun = regexp.MustCompile(`/go-build[0-9]+/b[0-9]+/exe/[^/]+$|/[0-9a-f]{2}/[0-9a-f]{64}-d/[^/]+$`)

// grader is the call itself, without any argument.
func (c caller) grader() string {
	switch {
	case c.standing:
		return standingCall
	case builtByGoRun.MatchString(filepath.ToSlash(c.executable)) && c.dir == c.root:
		return standingCall
	case builtByGoRun.MatchString(filepath.ToSlash(c.executable)):
		return callFromBelow
	case c.onPath != "":
		return c.onPath
	}
	return shellWord(c.program())
}

// program is the executable as a shell takes it: with a separator in it.
func (c caller) program() string {
	name := c.near(c.executable)
	if !strings.ContainsRune(name, filepath.Separator) {
		name = "." + string(filepath.Separator) + name
	}
	return name
}

// near writes a path from the working folder, or whole where that is shorter.
func (c caller) near(name string) string {
	rel, err := filepath.Rel(c.dir, name)
	if err != nil || len(rel) > len(name) {
		return name
	}
	return rel
}

// call is a command of the grader's with its arguments.
func (c caller) call(args ...string) string {
	if c.standing {
		return strings.Join(append([]string{standingCall}, args...), " ")
	}
	return strings.Join(append([]string{c.grader() + c.flags}, args...), " ")
}

// command turns a command in its standing form, which is one for the root of
// the checkout, into one that works where the caller is.
func (c caller) command(standing string) string {
	if args, ok := strings.CutPrefix(standing, standingCall+" "); ok {
		return c.call(args)
	}
	return c.goCommand(standing)
}

// goCommand is command for those of the go command, and leaves others alone.
func (c caller) goCommand(standing string) string {
	at := strings.LastIndex(standing, " ./exercises/")
	if at < 0 || c.standing || strings.HasPrefix(standing, standingCall) {
		return standing
	}
	command, folder := standing[:at+1], standing[at+len(" ./"):]
	if c.foreign {
		_, id, _ := strings.Cut(path.Base(folder), "-")
		return c.call("run", id)
	}
	if !within(c.dir, c.tree) { // the go command has to be in the module
		return strings.NewReplacer("go test ", c.inTree("go test"), "go vet ", c.inTree("go vet")).Replace(command) + "./" + folder
	}
	return command + c.pattern(folder)
}

func (c caller) inTree(command string) string {
	return command + " -C " + shellWord(c.near(c.tree)) + " "
}

// path writes a slash path from the root of the checkout as one from the working
// folder.
func (c caller) path(name string) string { return c.pathFrom(c.tree, name) }

// pathFrom does the same with a path from another root, such as that of the kata, if what is
// graded is elsewhere.
func (c caller) pathFrom(root, name string) string {
	if c.standing {
		return name
	}
	return filepath.ToSlash(c.near(filepath.Join(root, filepath.FromSlash(name))))
}

// pattern names a folder of the checkout as the go command names packages.
func (c caller) pattern(folder string) string {
	rel, err := filepath.Rel(c.dir, filepath.Join(c.tree, filepath.FromSlash(folder)))
	rel = filepath.ToSlash(rel)
	switch {
	case err != nil:
		return "./" + folder
	case rel == "." || rel == ".." || strings.HasPrefix(rel, "../"):
		return rel
	}
	return "./" + rel
}

// within reports whether a folder is root or below it.
func within(folder, root string) bool {
	rel, err := filepath.Rel(root, folder)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// shellWord writes text so that a shell takes it for one word, and for itself.
func shellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, special) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func special(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && r != filepath.Separator && !slices.Contains([]rune("./:_-+,@%"), r)
}
