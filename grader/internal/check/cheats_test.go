//go:build linux

package check

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sampled"
	"heisenkata/grader/internal/sandbox"
)

// A cheat is a submission that tries to get more points than it deserves, or to do
// something to the machine. testdata/cheats has each one as an archive: a head with
// what it is and what must happen, then the files of its checkout.
type cheat struct {
	name     string
	exercise kata.Exercise
	test     string // the one it is graded by
	tries    string
	verdict  evidence.Verdict // of the exercise
	layer    string           // the layer that stops it
	inner    evidence.Verdict // the same with the policy switched off; "" if only the policy refuses it
	below    string
	head     map[string][]string
	files    []txtar.File
}

// layers are the layers of the design, outermost first.
var layers = []string{"submission", "policy", "overlay", "build", "sandbox", "evidence", "race", "tests", "explore"}

func readCheat(t *testing.T, k kata.Kata, file string) cheat {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	c := cheat{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), files: archive.Files, head: map[string][]string{}}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if ok {
			c.head[key] = append(c.head[key], strings.TrimSpace(value))
		}
	}
	one := func(key string) string {
		if len(c.head[key]) == 0 {
			return ""
		}
		return c.head[key][0]
	}
	c.exercise, err = k.Find(one("exercise"))
	require.NoError(t, err, c.name)
	c.test, c.tries, c.layer, c.below = one("test"), one("tries"), one("layer"), one("inner layer")
	c.verdict, c.inner = evidence.Verdict(one("verdict")), evidence.Verdict(one("inner"))
	assert.Contains(t, layers, c.layer, c.name)
	assert.NotEmpty(t, c.tries, c.name)
	return c
}

// arena is where cheats run: the official tree, a lab, a folder that none of them may
// touch, and a server on this machine to connect to.
type arena struct {
	t        *testing.T
	kata     kata.Kata
	tc       *build.Toolchain
	outside  string
	listener net.Listener
	called   sync.WaitGroup
}

func newArena(t *testing.T) *arena {
	t.Setenv("TMPDIR", t.TempDir()) // so that everything in it belongs to this test
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	tc, err := build.FindToolchain(t.Context(), root)
	require.NoError(t, err)
	a := &arena{t: t, kata: k, tc: tc, outside: t.TempDir()}
	secret := filepath.Join(a.outside, "secret.go")
	model, err := os.ReadFile(filepath.Join(root, "solutions/01-shared-state/01-hit-counter/hitcounter.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(secret, model, 0o600))
	a.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, a.listener.Close()) })
	return a
}

func (a *arena) lab(tc *build.Toolchain) *Lab {
	l := NewLab(a.kata, tc, Quick, runtime.NumCPU(), nil)
	var err error
	l.Protection, err = run.Probe(a.t.Context())
	require.NoError(a.t, err)
	return l
}

// fill replaces names that an archive cannot know.
func (a *arena) fill(text, checkout string) string {
	return strings.NewReplacer("@OUTSIDE@", a.outside, "@CHECKOUT@", checkout, "@LISTENER@", a.listener.Addr().String(), "@GOCACHE@", a.tc.Settings()["GOCACHE"]).Replace(text)
}

// checkout creates a cheat's checkout: the starter, overlaid by the archive. A file
// whose name begins with + is appended to the starter's, with the imports and the
// changes (old => new) named in the head.
func (a *arena) checkout(t *testing.T, c cheat) string {
	dir := t.TempDir()
	for _, name := range c.exercise.Files {
		a.write(t, dir, c.exercise.Dir+"/"+name, a.starter(t, c, name))
	}
	for _, f := range c.files {
		name, added := strings.CutPrefix(f.Name, "+")
		text := a.fill(string(f.Data), dir)
		if added {
			text = a.extended(t, c, filepath.Base(name), text)
		}
		a.write(t, dir, name, text)
	}
	for _, setup := range c.head["setup"] {
		a.setUp(t, dir, strings.Fields(a.fill(setup, dir)))
	}
	for _, env := range c.head["env"] {
		key, value, _ := strings.Cut(a.fill(env, dir), "=")
		t.Setenv(key, value)
	}
	return dir
}

func (a *arena) starter(t *testing.T, c cheat, name string) string {
	text, err := os.ReadFile(filepath.Join(a.kata.Root, filepath.FromSlash(c.exercise.Starter()), name))
	require.NoError(t, err)
	return string(text)
}

func (a *arena) extended(t *testing.T, c cheat, name, more string) string {
	text := a.starter(t, c, name)
	clause := "package " + c.exercise.PackageName() + "\n"
	imports := ""
	for _, i := range strings.Fields(strings.Join(c.head["imports"], " ")) {
		if !strings.Contains(text, fmt.Sprintf("\t%q\n", i)) {
			imports += fmt.Sprintf("import %q\n", i)
		}
	}
	for _, change := range c.head["change"] {
		before, after, ok := strings.Cut(change, " => ")
		require.True(t, ok && strings.Contains(text, before), change)
		text = strings.Replace(text, before, after, 1)
	}
	text = strings.Replace(text, clause, clause+imports, 1) + more
	if first := c.head["first line"]; first != nil {
		text = first[0] + "\n\n" + text
	}
	return text
}

func (a *arena) write(t *testing.T, dir, name, text string) {
	at := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(text), 0o755))
}

func (a *arena) setUp(t *testing.T, dir string, words []string) {
	at := filepath.Join(dir, filepath.FromSlash(words[1]))
	require.NoError(t, os.Remove(at))
	switch words[0] {
	case "symlink":
		require.NoError(t, os.Symlink(words[2], at))
	case "fifo":
		require.NoError(t, syscall.Mkfifo(at, 0o644))
	case "large":
		var size int64
		_, err := fmt.Sscan(words[2], &size)
		require.NoError(t, err)
		a.write(t, dir, words[1], "package p\n")
		require.NoError(t, os.Truncate(at, size))
	default:
		t.Fatalf("no set-up %q", words[0])
	}
}

// grade grades a cheat by its one test.
func (a *arena) grade(t *testing.T, l *Lab, c cheat) grade.Exercise {
	dir := a.checkout(t, c)
	var only []string
	if c.test != "" {
		only = []string{c.test}
	}
	bench, err := l.Prepare(context.Background(), c.exercise, dir, c.exercise.Dir, only...)
	require.NoError(t, err)
	r, err := bench.Run(context.Background(), only...)
	require.NoError(t, err)
	require.NoError(t, bench.Close())
	return grade.Score(c.exercise, r.Whole, r.Tests)
}

// judged returns the verdict of what was run.
func judged(g grade.Exercise, test string) (evidence.Verdict, string) {
	for _, c := range g.Checks {
		if c.Failed() {
			return c.Verdict, summary(c.Finding)
		}
	}
	for _, t := range g.Tests {
		if test == t.Name || test == "" && t.Verdict != evidence.Pass {
			return t.Verdict, summary(t.Finding())
		}
	}
	return evidence.Pass, ""
}

func summary(f *evidence.Finding) string {
	if f == nil {
		return ""
	}
	return f.Summary
}

// Every cheat is refused. With the policy switched off, the layer below it holds if
// the head of the cheat says so. Nothing is left afterwards: no process, no file, no
// setting. With -v it prints a table.
func TestCheats(t *testing.T) {
	if testing.Short() {
		t.Skip("grades some ninety submissions")
	}
	a := newArena(t)
	if p, err := run.Probe(t.Context()); err != nil || p.Level != sandbox.Full {
		t.Skipf("the protection of this machine is %q: %v %v", p.Level, p.Missing, err)
	}
	files, err := filepath.Glob("testdata/cheats/*.txtar")
	require.NoError(t, err)
	files = some(t, files, 16)
	before := a.state(t)
	lab := a.lab(a.tc)
	t.Run("all", func(t *testing.T) {
		for _, file := range files {
			c := readCheat(t, a.kata, file)
			t.Run(c.name, func(t *testing.T) {
				if c.head["env"] == nil { // shared by all cheats
					t.Parallel()
				}
				lab := lab
				if c.head["fix time"] != nil {
					lab = a.lab(a.limited(t, c))
				}
				a.refused(t, lab, c, "on", c.verdict, c.layer)
				if c.inner != "" {
					c.exercise = withoutPolicy(c.exercise)
					a.refused(t, lab, c, "off", c.inner, c.below)
				}
			})
		}
	})
	assert.Equal(t, before, a.state(t), "something is left of a cheat")
}

// some chooses one in n files by their content, so that the choice changes only when
// they do. HEISENKATA_ALL=1 selects all of them.
func some(t *testing.T, files []string, n uint32) (chosen []string) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if sampled.In(string(text), n) {
			chosen = append(chosen, file)
		}
	}
	require.NotEmpty(t, chosen)
	return chosen
}

// limited returns a toolchain whose compiler has as much time as the head of
// the cheat says.
func (a *arena) limited(t *testing.T, c cheat) *build.Toolchain {
	tc, err := build.FindToolchain(t.Context(), a.kata.Root)
	require.NoError(t, err)
	tc.FixTime, err = time.ParseDuration(c.head["fix time"][0])
	require.NoError(t, err)
	return tc
}

func (a *arena) refused(t *testing.T, l *Lab, c cheat, policy string, want evidence.Verdict, layer string) {
	g := a.grade(t, l, c)
	require.NotNil(t, g.Points)
	assert.Less(t, *g.Points, g.MaxPoints)
	got, why := judged(g, c.test)
	assert.Equal(t, want, got, why)
	if got == evidence.Panic {
		assert.Regexp(t, "held|a fix may not", why, "the program must say that it was held, or that it was refused")
	}
	t.Logf("%-22s policy %-3s  %-9s by %-10s %s", c.name, policy, got, layer, firstWords(why))
}

func firstWords(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s[:min(len(s), 90)]
}

// state returns what a cheat could have changed on this machine: files outside, the
// grader's temporary folders, child processes, limits, processors.
func (a *arena) state(t *testing.T) map[string]string {
	s := map[string]string{}
	list := func(what, dir, prefix string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) {
				s[what+" "+e.Name()] = "there"
			}
		}
	}
	list("outside", a.outside, "")
	list("temporary", os.TempDir(), "heisenkata-")
	list("cache", a.tc.Settings()["GOCACHE"], "heisenkata-")
	for _, p := range sandbox.Descendants(os.Getpid()) {
		s[fmt.Sprint("process ", p.PID)] = "runs"
	}
	for _, which := range []int{syscall.RLIMIT_FSIZE, syscall.RLIMIT_CORE, syscall.RLIMIT_DATA, syscall.RLIMIT_NOFILE} {
		var l syscall.Rlimit
		require.NoError(t, syscall.Getrlimit(which, &l))
		s[fmt.Sprint("limit ", which)] = fmt.Sprint(l)
	}
	s["processors"] = fmt.Sprint(runtime.NumCPU(), runtime.GOMAXPROCS(0))
	for _, name := range []string{"/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sysvipc/shm", "/proc/sysvipc/msg", "/proc/sysvipc/sem"} {
		text, _ := os.ReadFile(name) // some do not exist on every system
		s[name] = string(text)
	}
	return s
}

// The page about security lists every cheat of the suite, under the layer that stops
// it, and no others.
func TestSecurityPageListsTheCheats(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/cheats/*.txtar")
	require.NoError(t, err)
	names := map[string][]string{}
	for _, f := range files {
		c := readCheat(t, k, f)
		names[c.layer] = append(names[c.layer], "`"+c.name+"`")
	}
	_, list, found := strings.Cut(string(page), "## What has been tried")
	require.True(t, found)
	listed := 0
	for _, layer := range layers {
		if names[layer] != nil {
			listed += len(names[layer])
			assert.Contains(t, list, fmt.Sprintf("- **%s**: %s.\n", layer, strings.Join(names[layer], ", ")))
		}
	}
	assert.Equal(t, len(files), listed)
	assert.Equal(t, 2*len(files), strings.Count(list[:strings.Index(list, "## Reporting")], "`"))
}
