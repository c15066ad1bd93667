// Package play is the game in which a person is the scheduler: a screen that shows what
// each goroutine of a test is about to do, and lets the player choose which goes on. It
// does not know how a schedule is run.
package play

import (
	"context"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"heisenkata/grader/internal/explored"
)

// Game is a test whose schedule is chosen choice by choice.
type Game interface {
	// Turn runs the choices given, and stops before the next one.
	Turn(ctx context.Context, choices []int32) (explored.Turn, error)
	// Finish runs the choices given, and then the first option each time.
	Finish(ctx context.Context, choices []int32) (explored.Turn, error)
	// Seek looks for a finding that begins with the choices given.
	Seek(ctx context.Context, choices []int32, switches int, budget time.Duration) (explored.Sought, error)
	// Solve explores the test.
	Solve(ctx context.Context) (explored.Test, error)
}

// Options say what is played, and where.
type Options struct {
	Title   string                       // the exercise and the test
	Source  func(file string) []string   // the lines of a file that a turn names
	Again   func(schedule string) string // the command that replays a schedule
	Predict bool                         // begin with a prediction
	In      io.Reader                    // a terminal
	Out     io.Writer                    // likewise
	Env     []string                     // for the colours of the terminal
}

// Play shows the game until the player leaves it, or ctx ends.
func Play(ctx context.Context, g Game, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, g, o)
	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithEnvironment(o.Env), tea.WithoutSignalHandler())
	if _, err := p.Run(); err != nil {
		return err
	}
	if t := m.turn(); t.Ended() && t.Test.Schedule != "" && t.Test.Verdict.Found() && o.Again != nil {
		_, _ = fmt.Fprintln(o.Out, "again: "+o.Again(t.Test.Schedule)) // the screen of the game is gone
	}
	return m.bad
}
