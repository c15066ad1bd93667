package cli

import (
	"fmt"
	"runtime"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/progress"
	"heisenkata/grader/internal/sandbox"
)

type statusCommand struct{}

// Run says where the learner is and what is next.
func (statusCommand) Run(a *app) error {
	k, root, reached, err := a.reached()
	if err != nil {
		return err
	}
	protection, err := probe(a.ctx)
	if err != nil {
		return err
	}
	p := newPage(a.stdout)
	p.sum(k, reached)
	if e, ok := next(k, reached); ok {
		p.introduce(e, standingOf(root, e, reached))
		p.commands(a.caller, e)
	} else {
		p.prose("", "All done. To look at your fixes harder:", good)
		p.line("  ", code.Render(a.caller.call("grade", "--effort", "thorough")))
	}
	p.protection(withGo(protection, runtime.Version()))
	return p.show(a.stdout)
}

// sum says how much is done. The best grade of each exercise counts.
func (p *page) sum(k kata.Kata, reached progress.Progress) {
	points, most, finished := 0, 0, 0
	for _, e := range k.Exercises {
		most += e.MaxPoints()
		best := reached[e.ID].Best
		if best.MaxPoints == e.MaxPoints() {
			points += best.Points
		}
		if done(e, reached[e.ID]) {
			finished++
		}
	}
	p.line(bold.Render(fmt.Sprintf("%d of %d exercises done, %d of %d points.", finished, len(k.Exercises), points, most)))
}

// introduce presents the next exercise.
func (p *page) introduce(e kata.Exercise, s standing) {
	p.line()
	p.line("next: ", bold.Render(e.ID), " ", strings.Repeat("◆", e.Level))
	p.prose("      ", e.Summary, plain)
	if text := s.soFar(e); text != "" {
		p.prose("      ", text, faint)
	}
}

// soFar says what is known of an exercise that is not done.
func (s standing) soFar(e kata.Exercise) string {
	best := fmt.Sprintf("%d/%d", s.Best.Points, s.Best.MaxPoints)
	switch {
	case !s.graded:
		return ""
	case s.outdated(e):
		return fmt.Sprintf("graded %s, but it is worth %d points now: grade it again", best, e.MaxPoints())
	case !s.changed:
		return "graded " + best + " as it is now"
	case s.now.of(s.Latest):
		return fmt.Sprintf("graded %d/%d as it is now; at best, with other code, %s", s.Latest.Points, s.Latest.MaxPoints, best)
	}
	return "graded " + best + " before your last change"
}

// commands are what to do with an exercise.
func (p *page) commands(c caller, e kata.Exercise) {
	p.line()
	p.do("read", c.path(e.Dir+"/README.md"))
	for _, f := range e.Files {
		p.do("edit", c.path(e.Dir+"/"+f))
	}
	p.do("try", c.command("go test -race -count=100 ./"+e.Dir))
	p.do("grade", c.call("run", e.ID))
	p.do("watch", c.call("watch", e.ID))
	p.do("stuck?", c.call("hint", e.ID))
}

// do writes what to do and how, below it if the line has no room for both.
func (p *page) do(what, how string) {
	head := fmt.Sprintf("  %-6s  ", what)
	if len(head)+lipgloss.Width(how) > p.columns {
		p.line(strings.TrimRight(head, " "))
		head = "    "
	}
	p.line(head, code.Render(harmless.Line(how)))
}

// protection says how well this machine is protected from what the fixes do.
func (p *page) protection(found sandbox.Protection) {
	style := good
	if found.Level != sandbox.Full {
		style = warn
	}
	p.line()
	p.line("protection of this machine: ", style.Render(string(found.Level)))
	p.prose("", found.Explain(), plain)
}
