package submission

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var exercise = kata.Exercise{ID: "x", Dir: "exercises/01-a/01-x", Files: []string{"x.go"}, Policy: kata.Policy{AllowImports: []string{"hash/crc32", "hash/crc64"}}}

// checkout makes a learner's checkout and returns its root and x.go's path.
func checkout(t *testing.T) (root, file string) {
	t.Helper()
	root = t.TempDir()
	dir := filepath.Join(root, filepath.FromSlash(exercise.Dir))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return root, filepath.Join(dir, "x.go")
}

func TestReadTakesOnlyListedFiles(t *testing.T) {
	root, file := checkout(t)
	require.NoError(t, os.WriteFile(file, []byte("package x\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "x_test.go"), []byte("package x\n"), 0o644))
	s, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"x.go": []byte("package x\n")}, s.Files)

	again, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, s.Hash(), again.Hash())
	again.Files["x.go"] = []byte("package x \n")
	assert.NotEqual(t, s.Hash(), again.Hash())
}

// Code in other files would be missing where a fix is graded for points, so it is refused
// everywhere. A test is the learner's own affair, and so is what is not compiled.
func TestReadRefusesOtherFiles(t *testing.T) {
	root, file := checkout(t)
	for name, text := range map[string]string{
		"x.go": "package x\n", "y_test.go": "package x\n", "draft.go": "//go:build ignore\n\npackage x\n", "y_plan9.go": "package x\n", "notes.txt": "package x\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), name), []byte(text), 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(file), "folder.go"), 0o755))
	_, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	for name, text := range map[string]string{"helper.go": "package x\n", "broken.go": "packag", "huge.go": "//go:build ignore\n" + strings.Repeat("/", MaxFileSize)} {
		helper := filepath.Join(filepath.Dir(file), name)
		require.NoError(t, os.WriteFile(helper, []byte(text), 0o644))
		var refusal *Refusal
		_, err := Read(root, exercise, exercise.Dir)
		require.ErrorAs(t, err, &refusal, name)
		require.Len(t, refusal.Findings, 1, name)
		assert.Equal(t, exercise.Dir+"/"+name+" is not taken: a fix is x.go alone", refusal.Findings[0].Summary)
		assert.Equal(t, "Move its code to x.go, and remove the file.", refusal.Findings[0].Advice)
		require.NoError(t, os.Remove(helper))
	}
}

// write gives the file that content.
func write(data string) func(*testing.T, string) {
	return func(t *testing.T, file string) { require.NoError(t, os.WriteFile(file, []byte(data), 0o644)) }
}

// link puts a symbolic link in the place of a file or folder, to where it went.
func link(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, os.Rename(from, to))
	require.NoError(t, os.Symlink(to, from))
}

// What the checkout holds is the learner's: a refusal, and never an error.
func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(*testing.T, string)
		want string
	}{
		"missing":  {func(*testing.T, string) {}, "is missing"},
		"empty":    {write(""), "is empty"},
		"10 MB":    {write(strings.Repeat("//\n", 10<<20/3)), "has 10485759 bytes, more than the 65536"},
		"a folder": {func(t *testing.T, file string) { require.NoError(t, os.Mkdir(file, 0o755)) }, "is not a regular file"},
		"no folder": {func(t *testing.T, file string) {
			require.NoError(t, os.RemoveAll(filepath.Dir(filepath.Dir(file))))
		}, "is missing"},
		"a file for a folder": {func(t *testing.T, file string) {
			require.NoError(t, os.RemoveAll(filepath.Dir(file)))
			write("x")(t, filepath.Dir(file))
		}, "is missing, because exercises/01-a/01-x is no folder"},
		"symlink": {func(t *testing.T, file string) {
			write("package x\n")(t, file)
			link(t, file, file+".real")
		}, "is a symbolic link"},
		"a broken symlink": {func(t *testing.T, file string) { require.NoError(t, os.Symlink("nowhere", file)) }, "is a symbolic link"},
		"a symlink above, within the checkout": {func(t *testing.T, file string) {
			write("package x\n")(t, file)
			link(t, filepath.Dir(file), filepath.Dir(file)+"-real")
		}, "lies behind the symbolic link exercises/01-a/01-x;"},
		"a symlink above, out of the checkout": {func(t *testing.T, file string) {
			write("package x\n")(t, file)
			link(t, filepath.Dir(filepath.Dir(file)), filepath.Join(t.TempDir(), "outside"))
		}, "lies behind the symbolic link exercises/01-a;"},
	} {
		t.Run(name, func(t *testing.T) {
			root, file := checkout(t)
			c.make(t, file)
			_, err := Read(root, exercise, exercise.Dir)
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			assert.ErrorContains(t, err, c.want)
			assert.Equal(t, evidence.Policy, refusal.Findings[0].Verdict)
			assert.Contains(t, refusal.Findings[0].Replay, "run x")
		})
	}
}

// What is not the learner's is an error.
func TestReadFails(t *testing.T) {
	root, _ := checkout(t)
	_, err := Read(filepath.Join(root, "nowhere"), exercise, exercise.Dir)
	require.ErrorContains(t, err, "opening the submission")
	why, err := theirs("x.go", syscall.EIO)
	require.ErrorIs(t, err, syscall.EIO)
	assert.Empty(t, why)
}

// Between looking at a file and opening it another may have come in its place,
// a link as well: os.Root follows those that stay in the checkout.
func TestReadNoticesAReplacement(t *testing.T) {
	root, file := checkout(t)
	write("package x\n")(t, file)
	name := exercise.Dir + "/x.go"
	tree, err := os.OpenRoot(root)
	require.NoError(t, err)
	defer tree.Close()
	info, why, err := look(tree, name)
	require.NoError(t, err)
	require.Empty(t, why)

	write(strings.Repeat("//\n", MaxFileSize))(t, file)
	_, why, err = readSame(tree, name, info)
	require.NoError(t, err)
	assert.Contains(t, why, "has 65537 bytes", "it grew")

	write("package x\n")(t, file+".other")
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Symlink("x.go.other", file))
	_, why, err = readSame(tree, name, info)
	require.NoError(t, err)
	assert.Contains(t, why, "was replaced")

	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Symlink(t.TempDir(), file))
	_, why, err = readSame(tree, name, info)
	require.NoError(t, err)
	assert.Contains(t, why, "lies outside of the checkout")
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"\x00": "U+0000", "\x08": "U+0008", "\x1b": "U+001B", "\x7f": "U+007F", "\u0085": "U+0085", "\u009b": "U+009B",
		"\u00ad": "U+00AD", "\u061c": "U+061C", "\u200b": "U+200B", "\u200d": "U+200D", "\u200f": "U+200F", "\u2028": "U+2028", "\u2029": "U+2029",
		"\u202a": "U+202A", "\u202e": "U+202E", "\u2060": "U+2060", "\u2064": "U+2064", "\u2066": "U+2066", "\u2069": "U+2069",
		"\ufeff": "U+FEFF", "\ufff9": "U+FFF9", "\u3164": "U+3164", "\U000E0001": "U+E0001", "\U000E0061": "U+E0061",
		"\v": "U+000B", "\f": "U+000C", "\r": "carriage return", "\r\r\n": "carriage return",
		"\xff": "not UTF-8 (0xff)", "\xed\xa0\x80": "not UTF-8 (0xed)", "\xc0\x80": "not UTF-8 (0xc0)",
	} {
		root, file := checkout(t)
		write("package x\n\n// a"+text+"b\n")(t, file)
		_, err := Read(root, exercise, exercise.Dir)
		var refusal *Refusal
		if assert.ErrorAs(t, err, &refusal, "%q", text) {
			assert.Contains(t, refusal.Findings[0].Summary, want)
			assert.Contains(t, refusal.Findings[0].Summary, "(rule text)")
			assert.Equal(t, []evidence.Place{{File: exercise.Dir + "/x.go", Line: 3, Role: "here"}}, refusal.Findings[0].Places)
		}
	}
	for _, text := range []string{"package x\r\n// a\ttab\r\n", "\ufeffpackage x\n", "package x // – … ✗ 世界 é ◆ \ufffd\n"} {
		what, _ := textProblem([]byte(text))
		assert.Empty(t, what, "%q", text)
	}
}
