package progress

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFull(t *testing.T) {
	assert.True(t, Grade{Points: 10, MaxPoints: 10}.Full())
	assert.False(t, Grade{Points: 3, MaxPoints: 20}.Full())
	assert.False(t, Grade{}.Full())
}

// A row is the gradings of one exercise, in order; best and latest are which of
// them are kept.
func TestRecord(t *testing.T) {
	g := func(points int, effort, code string) Grade { return Grade{points, 10, effort, code} }
	for name, c := range map[string]struct {
		gradings     []Grade
		best, latest int
	}{
		"one grading":                              {[]Grade{g(3, "normal", "a")}, 0, 0},
		"more points":                              {[]Grade{g(3, "normal", "a"), g(10, "normal", "b")}, 1, 1},
		"more points with less effort":             {[]Grade{g(3, "normal", "a"), g(10, "quick", "b")}, 1, 1},
		"fewer points":                             {[]Grade{g(10, "normal", "a"), g(3, "normal", "b")}, 0, 1},
		"fewer points with more effort":            {[]Grade{g(10, "normal", "a"), g(3, "thorough", "b")}, 0, 1},
		"as many points":                           {[]Grade{g(10, "normal", "a"), g(10, "normal", "b")}, 1, 1},
		"as many points with less effort":          {[]Grade{g(10, "normal", "a"), g(10, "quick", "b")}, 0, 1},
		"as many points with more effort":          {[]Grade{g(10, "quick", "a"), g(10, "normal", "b")}, 1, 1},
		"the same code, looked at less hard":       {[]Grade{g(10, "normal", "a"), g(10, "quick", "a")}, 0, 0},
		"the same code, looked at harder":          {[]Grade{g(10, "quick", "a"), g(4, "normal", "a")}, 1, 1},
		"the same code fails after all":            {[]Grade{g(10, "normal", "a"), g(4, "normal", "a")}, 1, 1},
		"the same code fails with less effort":     {[]Grade{g(10, "normal", "a"), g(4, "quick", "a")}, 0, 1},
		"an unknown effort is the least":           {[]Grade{g(10, Unknown, "a"), g(10, "quick", "b")}, 1, 1},
		"back to what was best":                    {[]Grade{g(10, "normal", "a"), g(3, "normal", "b"), g(10, "normal", "a")}, 2, 2},
		"the exercise has other points by now":     {[]Grade{{20, 20, "normal", "a"}, g(3, "quick", "b")}, 1, 1},
		"the same code, out of other points":       {[]Grade{{20, 20, "normal", "a"}, g(3, "quick", "a")}, 1, 1},
		"fewer points do not raise what was worse": {[]Grade{g(5, "normal", "a"), g(3, "normal", "b"), g(4, "normal", "c")}, 0, 2},
	} {
		p := Progress{}
		for _, grade := range c.gradings {
			p.Record("x", grade)
		}
		assert.Equal(t, Entry{c.gradings[c.best], c.gradings[c.latest]}, p["x"], name)
	}
}
