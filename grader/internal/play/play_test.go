package play

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
)

// increments is a game of two goroutines that each read a counter and then write it. An
// update is lost if both read before the first writes.
type increments struct {
	asked [][]int32
	fault error
}

const (
	readLine  = 3
	writeLine = 4
)

// play runs choices, and then, to the end, the first option each time.
func (g *increments) play(choices []int32, end bool) explored.Turn {
	at, read, counter, last := [3]int{}, [3]int{}, 0, 0
	var t explored.Turn
	for {
		var can []int
		for id := 1; id <= 2; id++ {
			if at[id] < 2 {
				can = append(can, id)
			}
		}
		if i := slices.Index(can, last); i > 0 {
			can[0], can[i] = can[i], can[0]
		}
		id := 0
		switch {
		case len(can) == 0 && counter == 2:
			t.Test.Verdict = explored.Pass
			return t
		case len(can) == 0:
			t.Test.Verdict, t.Test.Summary, t.Test.Schedule = explored.Wrong, "the counter is 1, want 2", "TestX@word"
			return t
		case len(can) == 1:
			id = can[0]
		case len(choices) > 0:
			id, choices = can[choices[0]], choices[1:]
		case end:
			id = can[0]
		default:
			for _, id := range can {
				t.Options = append(t.Options, explored.Option{Goroutine: id})
				t.Goroutines = append(t.Goroutines, explored.Next{Can: true, HeldBy: -1, Step: step(id, at[id])})
			}
			return t
		}
		s := step(id, at[id])
		s.Switch = last != 0 && last != id && slices.Contains(can, last)
		t.Test.Trace = append(t.Test.Trace, s)
		if at[id] == 0 {
			read[id] = counter
		} else {
			counter = read[id] + 1
		}
		at[id]++
		last = id
	}
}

func step(goroutine, at int) explored.Step {
	s := explored.Step{Goroutine: goroutine, Operation: "read", Object: "c.n", File: "counter.go", Line: readLine, Source: "n := c.n"}
	if at == 1 {
		s.Operation, s.Line, s.Source = "write", writeLine, "c.n = n + 1"
	}
	return s
}

func (g *increments) Turn(_ context.Context, choices []int32) (explored.Turn, error) {
	g.asked = append(g.asked, slices.Clone(choices))
	return g.play(choices, false), g.fault
}

func (g *increments) Finish(_ context.Context, choices []int32) (explored.Turn, error) {
	return g.play(choices, true), g.fault
}

// Seek tries all ways to go on, the ones with few switches first.
func (g *increments) Seek(_ context.Context, choices []int32, switches int, _ time.Duration) (explored.Sought, error) {
	for bits := range 8 {
		all := append(slices.Clone(choices), int32(bits&1), int32(bits>>1&1), int32(bits>>2&1))
		if t := g.play(all, true); t.Test.Verdict.Found() {
			return explored.Sought{Test: t.Test, Choices: all, Without: 0}, nil
		}
	}
	return explored.Sought{Test: explored.Test{Verdict: explored.Pass}, Without: switches}, nil
}

func (g *increments) Solve(context.Context) (explored.Test, error) {
	return g.play([]int32{0, 1}, true).Test, nil
}

// table is a player at a game.
type table struct {
	t *testing.T
	m *model
}

func sit(t *testing.T, g Game, o Options) table {
	at := table{t, newModel(t.Context(), g, o)}
	for _, cmd := range at.m.Init()().(tea.BatchMsg) {
		at.do(cmd)
	}
	return at
}

// do carries out a command and what follows from it.
func (at table) do(cmd tea.Cmd) {
	for cmd != nil {
		msg := cmd()
		if _, quit := msg.(tea.QuitMsg); quit {
			return
		}
		_, cmd = at.m.Update(msg)
	}
}

// press presses keys, one after the other.
func (at table) press(keys ...string) {
	codes := map[string]rune{"enter": tea.KeyEnter, "left": tea.KeyLeft, "down": tea.KeyDown, "up": tea.KeyUp, "esc": tea.KeyEscape, "space": tea.KeySpace, "pgup": tea.KeyPgUp}
	for _, k := range keys {
		msg := tea.KeyPressMsg{Code: codes[k]}
		if msg.Code == 0 {
			msg = tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
		}
		require.Equal(at.t, k, msg.String())
		_, cmd := at.m.Update(msg)
		at.do(cmd)
	}
}

func (at table) screen() string { return ansi.Strip(at.m.screen()) }

func TestLostUpdateIsWon(t *testing.T) {
	at := sit(t, &increments{}, Options{Title: "play counter TestX", Again: func(word string) string { return "grader replay counter " + word }})
	assert.Contains(t, at.screen(), "find the order that breaks it")
	at.press("1", "2")
	assert.Contains(t, at.screen(), "2 choices · 1 switch")
	at.press("f")
	assert.Contains(t, at.screen(), "You broke it, with 1 switch; the computer needs 1.")
	assert.Contains(t, at.screen(), "the counter is 1, want 2")
	assert.Contains(t, at.screen(), "grader replay counter TestX@word")
	assert.Contains(t, at.screen(), "r restart")
	assert.NotContains(t, at.screen(), "h hint", "there is nothing left to choose")
}

// The computer finishes without another switch if that breaks the test, and with some if not.
func TestTheComputerFinishesWithAWin(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("f")
	assert.Contains(t, at.screen(), "The computer broke it, with 1 switch")
	assert.NotContains(t, at.screen(), "Nothing is left to choose")
	at.press("f")
	assert.Contains(t, at.screen(), "Nothing is left to choose: ← takes the last choice back")
	at.press("left", "1", "1", "f") // g1 is done, and no order breaks it any more
	assert.Contains(t, at.screen(), "The test passes in this order. Step back")
}

// At 80 columns, too, the keys that a player needs first are named.
func TestKeysAtEightyColumns(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	for _, key := range []string{"h hint", "f finish", "? help", "q quit"} {
		assert.Contains(t, at.screen(), key)
	}
}

// crowd is a game of many goroutines that can all go on.
type crowd struct{ increments }

func (crowd) Turn(context.Context, []int32) (t explored.Turn, _ error) {
	for id := range 14 {
		t.Options = append(t.Options, explored.Option{Goroutine: id})
		t.Goroutines = append(t.Goroutines, explored.Next{Can: true, HeldBy: -1, Step: step(id, 0)})
	}
	return t, nil
}

// The highlighted option is on the screen, however many there are.
func TestOptionsScroll(t *testing.T) {
	at := sit(t, &crowd{}, Options{})
	assert.Contains(t, at.screen(), "▸ 1 test")
	assert.Contains(t, at.screen(), "… 5 more")
	for range 13 {
		at.press("down")
	}
	assert.Contains(t, at.screen(), "▸ 14 g13")
}

// holds is a game that every order passes.
type holds struct{ increments }

func (holds) Solve(context.Context) (explored.Test, error) {
	return explored.Test{Verdict: explored.Pass, Schedules: 6, Different: 6}, nil
}

func (h *holds) Seek(context.Context, []int32, int, time.Duration) (explored.Sought, error) {
	return explored.Sought{Test: explored.Test{Verdict: explored.Pass}, Without: 3}, nil
}

// Where there is nothing to win, a player is not told to try on.
func TestNothingToWin(t *testing.T) {
	at := sit(t, &holds{}, Options{})
	assert.Contains(t, at.screen(), "There is nothing to win: all 6 different interleavings pass")
	at.press("h")
	assert.Contains(t, at.screen(), "no winning move")
	at.press("f")
	assert.Contains(t, at.screen(), "as in every other")
}

func TestOrderThatHolds(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("enter", "enter")
	assert.Contains(t, at.screen(), "The test passes in this order")
	at.press("enter", "h", "space") // there is nothing left to choose
	assert.Contains(t, at.screen(), "The test passes in this order")
}

func TestStepsBackCostNothing(t *testing.T) {
	g := &increments{}
	at := sit(t, g, Options{})
	before := at.screen()
	at.press("1", "2")
	runs := len(g.asked)
	at.press("left", "left")
	assert.Equal(t, before, at.screen())
	at.press("left")
	assert.Equal(t, before, at.screen(), "before the first choice there is nothing to take back")
	assert.Len(t, g.asked, runs)
}

func TestMark(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("1", "m")
	marked := at.m.choices
	at.press("1", "'")
	assert.Equal(t, marked, at.m.choices)
	at.press("f", "left")
	assert.Equal(t, marked, at.m.choices, "a step back from the end that the computer went to")
	at.press("r")
	assert.Empty(t, at.m.choices)
}

func TestHintNamesTheChoiceAtTheSecondTime(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("1", "h")
	assert.Contains(t, at.screen(), "the move is now")
	assert.NotContains(t, at.screen(), "The next choice")
	at.press("h")
	assert.Contains(t, at.screen(), "The next choice: g2 reads c.n.")
	at.press("enter", "f")
	assert.Contains(t, at.screen(), "You broke it")
}

func TestHintWhereNothingIsLeftToWin(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.m.game = hopeless{&increments{}}
	at.press("h")
	assert.Contains(t, at.screen(), "no order with at most 3 more switches breaks it")
}

type hopeless struct{ *increments }

func (hopeless) Seek(_ context.Context, _ []int32, switches int, _ time.Duration) (explored.Sought, error) {
	return explored.Sought{Test: explored.Test{Verdict: explored.Pass}, Without: switches}, nil
}

func TestRunsOnUntilItEnds(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("down", "space")
	require.True(t, at.m.turn().Ended())
	assert.Equal(t, []int32{1, 0}, at.m.choices)
}

func TestProvenTestsHaveNothingToWin(t *testing.T) {
	at := sit(t, proven{&increments{}}, Options{})
	assert.Contains(t, at.screen(), "There is nothing to win: all 64 different interleavings pass.")
}

type proven struct{ *increments }

func (proven) Solve(context.Context) (explored.Test, error) {
	return explored.Test{Verdict: explored.Pass, Schedules: 64, Different: 64}, nil
}

// A turn that was stopped, or fails, leaves the turn as it is.
func TestFaultsKeepTheTurn(t *testing.T) {
	g := &increments{}
	at := sit(t, g, Options{})
	at.press("1")
	g.fault = errors.New("stopped")
	before := at.screen()
	at.press("2", "f")
	assert.Equal(t, before, at.screen())
	assert.NoError(t, at.m.bad)
}

func TestFirstTurnHasToWork(t *testing.T) {
	at := sit(t, &increments{fault: errors.New("no memory")}, Options{})
	assert.EqualError(t, at.m.bad, "no memory")
}

// A prediction shows where the goroutines are, and what the moves do only once it is played.
func TestPredicted(t *testing.T) {
	source := func(string) []string { return []string{"package x", "", "\tn := c.n", "\tc.n = n + 1", "}"} }
	at := sit(t, &increments{}, Options{Predict: true, Source: source})
	assert.Contains(t, at.screen(), "Predict: which order breaks it?")
	assert.Contains(t, at.screen(), "g1 g2 ▸    3      n := c.n")
	at.press("p")
	assert.Contains(t, at.screen(), "Choose at least one move", "a prediction names an order")
	at.press("1", "2")
	assert.Contains(t, at.screen(), "Your moves: g1 g2")
	assert.NotContains(t, at.screen(), "reads")
	at.press("h", "f", "space")
	assert.Equal(t, []int32{0, 1}, at.m.choices, "no help from the computer")
	at.press("p")
	assert.Contains(t, at.screen(), "✓ You predicted it, with 1 switch; the computer needs 1.")
	assert.Contains(t, at.screen(), "the counter is 1, want 2")
	at.press("left")
	assert.Contains(t, at.screen(), "g2 writes c.n", "now all is shown")
}

func TestPredictionThatDoesNotComeTrue(t *testing.T) {
	at := sit(t, &increments{}, Options{})
	at.press("1", "p")
	assert.Empty(t, at.m.choices, "a prediction begins at the beginning")
	at.press("1", "1") // that is all there is to choose
	assert.Contains(t, at.screen(), "✗ You predicted that this order breaks the test, and it passes.")
	assert.Contains(t, at.screen(), "The last switch was move 1: g1 reads c.n.")
	at.press("p", "1", "left", "2", "esc")
	assert.Contains(t, at.screen(), "g2 writes c.n", "given up: all is shown")
	assert.NotContains(t, at.screen(), "predict")
}

// Whatever the size, the screen fits, and says how to leave.
func TestScreenFits(t *testing.T) {
	source := func(string) []string { return []string{"package x", "", "\tn := c.n", "\tc.n = n + 1", "}"} }
	at := sit(t, &increments{}, Options{Title: strings.Repeat("long ", 40), Source: source, Again: func(string) string { return strings.Repeat("x", 300) }})
	for _, keys := range [][]string{nil, {"1"}, {"h"}, {"h"}, {"?"}, {"?", "2"}, {"f"}, {"pgup"}, {"p"}, {"1"}, {"h"}, {"p"}} {
		at.press(keys...)
		for width := 40; width < 200; width += 13 {
			for height := 12; height < 60; height += 9 {
				at.m.Update(tea.WindowSizeMsg{Width: width, Height: height})
				lines := strings.Split(at.screen(), "\n")
				assert.LessOrEqual(t, len(lines), height, "%v at %d×%d", keys, width, height)
				for _, l := range lines {
					assert.LessOrEqual(t, ansi.StringWidth(l), width, l)
				}
			}
		}
	}
	at.m.Update(tea.WindowSizeMsg{Width: 20, Height: 5})
	assert.Contains(t, at.screen(), "too small")
}

// The highlighted option's line is marked in its source.
func TestSourceFollowsTheOption(t *testing.T) {
	source := func(string) []string { return []string{"package x", "", "\tn := c.n", "\tc.n = n + 1", "}"} }
	at := sit(t, &increments{}, Options{Source: source})
	assert.Contains(t, at.screen(), "▸"+strings.Repeat(" ", 3)+strconv.Itoa(readLine))
	at.press("1")
	assert.Contains(t, at.screen(), "▸"+strings.Repeat(" ", 3)+strconv.Itoa(writeLine))
}

// Source and names are a stranger's: none of it commands the terminal.
func TestHostileSource(t *testing.T) {
	source := func(string) []string { return []string{"", "\x1b]0;owned\a", "\x1b[2J\tn := c.n\u202e", "x"} }
	at := sit(t, &increments{}, Options{Title: "\x1b[2J", Source: source})
	assert.NotContains(t, at.m.screen(), "\x1b[2J")
	assert.NotContains(t, at.m.screen(), "\x1b]0")
	assert.NotContains(t, at.m.screen(), "\u202e")
}

// Keys that are pressed while the computer works are answered in their order.
func TestKeysAhead(t *testing.T) {
	at := table{t, newModel(t.Context(), &increments{}, Options{})}
	at.press("1", "2", "f", "q")
	assert.Empty(t, at.m.path)
	at.do(func() tea.Msg {
		turn, err := at.m.game.Turn(t.Context(), nil)
		return turnMsg{path: []explored.Turn{turn}, err: err}
	})
	assert.Contains(t, at.screen(), "You broke it")
	assert.Empty(t, at.m.ahead)
}

// A player that asks for hints and follows them breaks a real program, steps back and
// leaves.
func TestProgramIsBrokenByItsHints(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir, err := filepath.Abs("../explore/testdata/bugs/bank")
	require.NoError(t, err)
	s, err := explore.Prepare(t.Context(), explore.Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: 1, Budget: explore.Normal, Processors: 1})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	game, err := s.Game("bug")
	require.NoError(t, err)
	at := sit(t, game, Options{Again: func(word string) string { return "grader replay . " + word }})
	held, memory := 0, 0
	for !strings.Contains(at.screen(), "No switch is needed from here") && !at.m.turn().Ended() {
		at.press("h", "h", "enter")
		held += strings.Count(at.screen(), "held  s.mu: g1 (reading)")
		memory += strings.Count(at.screen(), "memory  ")
	}
	assert.Positive(t, held)
	assert.Positive(t, memory)
	if !at.m.turn().Ended() {
		at.press("f")
	}
	assert.Contains(t, at.screen(), "You broke it, with 1 switch; the computer needs 1.")
	assert.Contains(t, at.screen(), "grader replay . TestBug@")
	at.press("left")
	assert.False(t, at.m.turn().Ended())
	_, err = s.Game("")
	assert.ErrorContains(t, err, "name one of its tests\n  TestBug\n  TestFixed")
}
