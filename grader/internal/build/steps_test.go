package build

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// Every test of every exercise has steps: one before each of its statements and one
// at its end, each with a number of its own, and its lines stay where they were.
func TestEveryTestHasSteps(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	tc, err := FindToolchain(t.Context(), root)
	require.NoError(t, err)
	for _, e := range k.Exercises {
		sub, err := submission.Read(root, e, e.Solution())
		require.NoError(t, err)
		st, err := Stage(tc, k, e, sub)
		require.NoError(t, err)
		seen := map[uint64]bool{}
		for _, test := range e.Tests {
			assert.GreaterOrEqual(t, len(st.Steps(test.Name)), 2, "%s %s", e.ID, test.Name)
			for _, n := range st.Steps(test.Name) {
				assert.False(t, seen[n])
				seen[n] = true
			}
		}
		linesStay(t, st)
		assert.NoError(t, st.Close())
	}
}

func linesStay(t *testing.T, st *Staging) {
	files, err := filepath.Glob(filepath.Join(st.Dir, "steps", filepath.FromSlash(st.exercise.Dir), "*_test.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	step := regexp.MustCompile(`(; | )heisenkata_attest\.Step\(t, 0x[0-9a-f]+\);`)
	for _, file := range files {
		stepped, err := os.ReadFile(file)
		require.NoError(t, err)
		official, err := os.ReadFile(filepath.Join(st.Dir, filepath.FromSlash(st.exercise.Dir), filepath.Base(file)))
		require.NoError(t, err)
		without := strings.Replace(string(stepped), `; import heisenkata_attest "heisenkata/exercises/internal/attest"`, "", 1)
		assert.Equal(t, string(official), step.ReplaceAllString(without, ""))
	}
}

// The steps of a test are in the order in which it comes to them, and those of
// another staging are others.
func TestStepsAreDrawnInOrder(t *testing.T) {
	st, other := staged(t), staged(t)
	name := st.exercise.Tests[0].Name
	files, err := filepath.Glob(filepath.Join(st.Dir, "steps", filepath.FromSlash(st.exercise.Dir), "*_test.go"))
	require.NoError(t, err)
	var all string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all += string(text)
	}
	_, body, found := strings.Cut(all, "func "+name+"(")
	require.True(t, found)
	body, _, _ = strings.Cut(body, "\n}\n")
	var numbers []uint64
	for _, m := range regexp.MustCompile(`Step\(t, 0x([0-9a-f]+)\)`).FindAllStringSubmatch(body, -1) {
		n, err := strconv.ParseUint(m[1], 16, 64)
		require.NoError(t, err)
		numbers = append(numbers, n)
	}
	assert.Equal(t, st.Steps(name), numbers)
	assert.NotEqual(t, st.Steps(name), other.Steps(name))
}
