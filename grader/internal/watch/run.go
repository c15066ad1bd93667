package watch

import (
	"context"
	"errors"
	"io"

	tea "charm.land/bubbletea/v2"
)

// Run shows the screen until the user quits or ctx ends, and returns once everything
// it started has ended. The end of ctx is not an error.
func Run(ctx context.Context, s Session, in io.Reader, out io.Writer) error {
	all, cancel := context.WithCancel(ctx)
	defer cancel()
	var program *tea.Program
	m := newModel(all, s, func(msg tea.Msg) { program.Send(msg) })
	program = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler())
	_, err := program.Run()
	cancel()
	m.busy <- struct{}{} // when the last grading has ended; no other begins
	if ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	return err
}
