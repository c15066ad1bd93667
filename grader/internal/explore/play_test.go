package explore

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

func gameOf(t *testing.T, program, test string) *Game {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "bugs", program))
	require.NoError(t, err)
	s, err := Prepare(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Budget: Normal, Processors: 1})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	g, err := s.Game(test)
	require.NoError(t, err)
	return g
}

// The choices that a search has found lead, turn by turn, to what it has found.
func TestChosenTurnByTurn(t *testing.T) {
	for program, test := range map[string]string{"bank": "TestBug", "condif": "TestBug"} {
		t.Run(program, func(t *testing.T) {
			g := gameOf(t, program, test)
			found, err := g.Seek(t.Context(), nil, 4, time.Minute)
			require.NoError(t, err)
			require.True(t, found.Test.Verdict.Found(), found.Test.Summary)
			t.Log(found.Without, found.Choices, found.Test.Summary)
			for n := range found.Choices {
				turn, err := g.Turn(t.Context(), found.Choices[:n])
				require.NoError(t, err)
				require.False(t, turn.Ended(), "after %d of %d choices", n, len(found.Choices))
				assert.Less(t, int(found.Choices[n]), len(turn.Options))
				assert.NotEmpty(t, turn.Goroutines)
			}
			end, err := g.Finish(t.Context(), found.Choices)
			require.NoError(t, err)
			assert.Equal(t, found.Test.Verdict, end.Test.Verdict)
			assert.Equal(t, found.Test.Schedule, end.Test.Schedule)
			assert.Equal(t, found.Test.Switches(), end.Test.Switches())
		})
	}
}

// A game ends at a race, before the test does. Its schedule has the sum of all steps, by
// which a replay knows whether it ran the same.
func TestAWinByARaceReplays(t *testing.T) {
	g := gameOf(t, "twohits", "TestBug")
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 0))
		var choices []int32
		turn, err := g.Turn(t.Context(), nil)
		for ; err == nil && !turn.Ended(); turn, err = g.Turn(t.Context(), choices) {
			choices = append(choices, int32(random.IntN(len(turn.Options))))
		}
		require.NoError(t, err)
		require.Equal(t, explored.Race, turn.Test.Verdict, turn.Test.Summary)
		_, schedule, _ := strings.Cut(turn.Test.Schedule, "@")
		again := g.session.process(t.Context(), g.target, wire.Job{
			Mode: wire.Replay, Tests: []string{"TestBug"}, Schedule: schedule, Times: 1, Millis: 3_600_000, Steps: Normal.Steps, EarlyTimeouts: true,
		})
		assert.False(t, again.Varies, "%v ran other steps", choices)
	}
}

// Fewer switches than the search needed find nothing: so says the search of each bound.
func TestFewestSwitches(t *testing.T) {
	g := gameOf(t, "bank", "TestBug")
	found, err := g.Seek(t.Context(), nil, 4, time.Minute)
	require.NoError(t, err)
	require.GreaterOrEqual(t, found.Without, 0)
	fewer, err := g.Seek(t.Context(), nil, found.Without, time.Minute)
	require.NoError(t, err)
	assert.Equal(t, explored.Pass, fewer.Test.Verdict)
	assert.Equal(t, found.Without, fewer.Without)
}

// A game has one draw of random numbers. What the computer says of it holds for the turns
// that the player can reach, not for other draws.
func TestSolvedWithThePlayersDraw(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir := t.TempDir()
	text := `package x

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

func broken(t *testing.T, drawn int) {
	var done atomic.Bool
	if rand.IntN(2) != drawn {
		return
	}
	go done.Store(true)
	if !done.Load() {
		t.Error("too early")
	}
}

func TestHeads(t *testing.T) { broken(t, 0) }
func TestTails(t *testing.T) { broken(t, 1) }
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n\ngo 1.25\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x_test.go"), []byte(text), 0o600))
	s, err := Prepare(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Budget: Normal, Delays: 2, Processors: 1})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	found := 0
	for _, name := range []string{"TestHeads", "TestTails"} {
		g, err := s.Game(name)
		require.NoError(t, err)
		solved, err := g.Solve(t.Context())
		require.NoError(t, err)
		sought, err := g.Seek(t.Context(), nil, 2, time.Minute)
		require.NoError(t, err)
		assert.Equal(t, sought.Test.Verdict.Found(), solved.Verdict.Found(), name)
		if solved.Verdict.Found() {
			found++
		}
	}
	assert.Equal(t, 1, found, "one of the two, with one draw")
}
