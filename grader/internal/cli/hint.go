package cli

import (
	"errors"
	"fmt"
	"strconv"

	"heisenkata/grader/internal/kata"
)

type hintCommand struct {
	Exercise string `arg:"" optional:"" help:"An id or a path; the exercise whose folder you are in, or else the next one, if you name none."`
	Number   string `arg:"" optional:"" help:"Which hint, 1 to 3. Default: 1."`
}

// Run shows one hint.
func (c *hintCommand) Run(a *app) error {
	name, number, err := c.chosen()
	if err != nil {
		return err
	}
	e, _, err := a.meant(name, a.nextOf)
	if err != nil {
		return err
	}
	if number < 1 || number > len(e.Hints) {
		return usageError{fmt.Errorf("there are hints 1 to %d", len(e.Hints))}
	}
	p := newPage(a.stdout)
	p.hint(e, number)
	if number < len(e.Hints) {
		p.line("more: ", code.Render(a.caller.call("hint", e.ID, strconv.Itoa(number+1))))
	} else {
		p.answer(a.caller, e)
	}
	return p.show(a.stdout)
}

// chosen tells the arguments apart: no id is a number, so a number by itself is
// that of a hint.
func (c *hintCommand) chosen() (name string, number int, err error) {
	number, err = strconv.Atoi(c.Exercise)
	switch {
	case err != nil && c.Number == "":
		return c.Exercise, 1, nil
	case err != nil:
		number, err := strconv.Atoi(c.Number)
		if err != nil {
			return "", 0, usageError{fmt.Errorf("%q is no number of a hint: name the exercise, then the number", c.Number)}
		}
		return c.Exercise, number, nil
	case c.Number != "":
		return "", 0, usageError{errors.New("name the exercise first, then the number of the hint")}
	}
	return "", number, nil
}

// hint writes a hint, and a line with nothing on it.
func (p *page) hint(e kata.Exercise, number int) {
	p.line(bold.Render(e.ID), fmt.Sprintf(", hint %d of %d", number, len(e.Hints)))
	p.line()
	p.flow("", "", inline(e.Hints[number-1]))
	p.line()
}

// answer says where the model fix is.
func (p *page) answer(c caller, e kata.Exercise) {
	p.line("the answer: ", code.Render(c.call("solution", e.ID)))
}
