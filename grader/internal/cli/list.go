package cli

import (
	"fmt"
	"strings"

	"heisenkata/grader/internal/kata"
)

type listCommand struct{}

// Run lists the exercises with the best points of each.
func (listCommand) Run(a *app) error {
	k, root, reached, err := a.reached()
	if err != nil {
		return err
	}
	p := newPage(a.stdout)
	column := idColumn(k)
	changed, other := false, false
	for i, e := range k.Exercises {
		if i == 0 || k.Exercises[i-1].Chapter != e.Chapter {
			p.line(faint.Render(e.Chapter))
		}
		s := standingOf(root, e, reached)
		p.listed(e, s, column)
		changed = changed || s.changed
		other = other || s.outdated(e)
	}
	if changed {
		p.prose("* ", "your code is not the code that earned this", faint)
	}
	if other {
		p.prose("? ", "the exercise is worth other points now: grade it again", faint)
	}
	return p.show(a.stdout)
}

func idColumn(k kata.Kata) (columns int) {
	for _, e := range k.Exercises {
		columns = max(columns, len(e.ID))
	}
	return columns
}

// listed writes the line of one exercise.
func (p *page) listed(e kata.Exercise, s standing, column int) {
	sign, style := "  ", bold
	if done(e, s.Entry) {
		sign, style = good.Render("✓")+" ", good
	}
	level := fmt.Sprintf("%-5s", strings.Repeat("◆", e.Level))
	head := sign + style.Render(fmt.Sprintf("%-*s", column, e.ID)) + "  " + level + "  " + s.points(e) + "  "
	p.prose(head, e.Summary, plain)
}

// pointsColumn is as wide as "50/50*".
const pointsColumn = 6

// points shows what was reached at best, or that nothing was graded yet.
func (s standing) points(e kata.Exercise) string {
	text := fmt.Sprintf("–/%d", e.MaxPoints())
	if s.graded {
		text = fmt.Sprintf("%d/%d", s.Best.Points, s.Best.MaxPoints)
	}
	mark := " "
	if s.changed {
		mark = "*"
	}
	if s.outdated(e) {
		mark = "?"
	}
	return fmt.Sprintf("%*s", pointsColumn, text+mark)
}

// outdated reports whether the points are out of a number that the exercise no
// longer has.
func (s standing) outdated(e kata.Exercise) bool {
	return s.graded && s.Best.MaxPoints != e.MaxPoints()
}
