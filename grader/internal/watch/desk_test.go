package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/report"
)

// exercises are three small ones.
var exercises = []kata.Exercise{
	exercise("hit-counter", "The hit counter", 1, "A web server counts its requests, and loses some."),
	exercise("batch-error", "The lost failure", 2, "Twelve shops are asked at once, one is down, and the job says that all is well."),
	exercise("ticket-oversell", "The last seat", 3, "Every access is atomic, and three people hold a ticket for a seat that is not there."),
}

func exercise(id, title string, level int, summary string) kata.Exercise {
	return kata.Exercise{
		ID: id, Title: title, Level: level, Summary: summary, Learnt: "An increment is a read and a write.",
		Chapter: "01-shared-state", Dir: "exercises/01-shared-state/01-" + id, Files: []string{"a.go"},
		Hints: []string{"How many steps is that?", "Look at line 3.", "Lock it."},
		Tests: []kata.Test{{Name: "TestNoHitIsLost", Points: 6}, {Name: "TestTwoAtOnce", Points: 4}},
	}
}

// graded is a report of an exercise whose tests all end with one verdict.
func graded(e kata.Exercise, v evidence.Verdict) grade.Report {
	tests := map[string][]evidence.Check{}
	for _, t := range e.Tests {
		c := evidence.Check{Detector: kata.RaceDetector, Verdict: v, Runs: 13, Wide: 10}
		if v != evidence.Pass {
			c.Failures = 1
			c.Finding = &evidence.Finding{
				Verdict: v, Summary: "2 requests were answered, Total says 1", Meaning: "Nothing orders these two accesses.",
				Places: []evidence.Place{{File: e.Dir + "/a.go", Line: 3, Code: "c.total++", Role: "write in g1"}},
				Replay: "go run ./grader replay " + e.ID + " 'TestTwoAtOnce@0.2~i102'",
			}
		}
		tests[t.Name] = []evidence.Check{c}
	}
	whole := []evidence.Check{{Detector: kata.BuildDetector, Verdict: evidence.Pass}}
	return grade.Sum(grade.Report{
		Effort: "normal", Go: "go1.26.0", Platform: "linux/amd64", Processors: 2, Seconds: 3.14,
		Protection: evidence.Protection{Level: "full"}, Exercises: []grade.Exercise{grade.Score(e, whole, tests)},
	})
}

// grading is one that runs until the test says what it came to.
type grading struct {
	exercise kata.Exercise
	tell     func(Progress)
	result   chan gradedMsg
	stopped  atomic.Bool // its context ended first
}

// desk drives a model as Bubble Tea would, one message at a time, in a bubble
// where time passes only when the test sleeps.
type desk struct {
	t        *testing.T
	model    Model
	messages chan tea.Msg
	mu       sync.Mutex // guards gradings
	gradings []*grading
	running  atomic.Int32 // gradings now
	saves    map[string]chan struct{}
	reached  map[string]Standing
	quit     bool
	stops    int           // how often it was suspended
	linger   time.Duration // how long a grading that is stopped takes to end
}

// atDesk runs a test with a model that has just begun to grade the first exercise.
func atDesk(t *testing.T, test func(d *desk)) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, messages: make(chan tea.Msg, 100), saves: map[string]chan struct{}{}, reached: map[string]Standing{}}
		for _, e := range exercises {
			d.saves[e.ID] = make(chan struct{}, 1)
			d.reached[e.ID] = Standing{Points: fmt.Sprintf("–/%d", e.MaxPoints())}
		}
		ctx, cancel := context.WithCancel(t.Context())
		d.model = newModel(ctx, d.session(), func(msg tea.Msg) { d.messages <- msg })
		d.model.layOut()
		d.start(d.model.Init())
		d.settle()
		test(d)
		cancel()
		time.Sleep(time.Minute) // the last seconds that were counted
	})
}

func (d *desk) session() Session {
	return Session{
		Exercises: exercises, First: exercises[0], Grade: d.grade,
		Changes: func(_ context.Context, e kata.Exercise) <-chan struct{} { return d.saves[e.ID] },
		Report: func(r grade.Report, look Look) string {
			var text strings.Builder
			_ = report.Formats["terminal"](&text, r, report.Options{Width: look.Columns, Height: look.Rows, All: look.All, Keys: true, Next: look.Next})
			return text.String()
		},
		About: func(e kata.Exercise, _ Look) string { return "about " + e.ID },
		Hint:  func(e kata.Exercise, n int, _ Look) string { return e.Hints[n-1] },
		Standings: func() (all []Standing) {
			for _, e := range exercises {
				all = append(all, d.reached[e.ID])
			}
			return all
		},
		Next: func(r grade.Report) kata.Exercise {
			if len(r.Exercises) == 0 || r.Exercises[0].ID != exercises[0].ID {
				return kata.Exercise{}
			}
			return exercises[1]
		},
	}
}

func (d *desk) grade(ctx context.Context, e kata.Exercise, tell func(Progress)) (grade.Report, error) {
	g := &grading{exercise: e, tell: tell, result: make(chan gradedMsg)}
	d.mu.Lock()
	d.gradings = append(d.gradings, g)
	d.mu.Unlock()
	assert.EqualValues(d.t, 1, d.running.Add(1), "gradings never overlap")
	defer d.running.Add(-1)
	select {
	case r := <-g.result:
		return r.report, r.err
	case <-ctx.Done():
		g.stopped.Store(true)
		time.Sleep(d.linger)
		return graded(e, evidence.Race), nil
	}
}

// begun are all gradings so far, and last is the one that began last.
func (d *desk) begun() []*grading {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.gradings)
}

func (d *desk) last() *grading { all := d.begun(); return all[len(all)-1] }

// finish ends the last grading.
func (d *desk) finish(r grade.Report, err error) {
	if r.Points != nil && *r.Points == r.MaxPoints {
		d.reached[r.Exercises[0].ID] = Standing{Points: fmt.Sprintf("%d/%d", *r.Points, r.MaxPoints), Done: true}
	}
	d.last().result <- gradedMsg{report: r, err: err}
	d.settle()
}

// save changes the files of an exercise.
func (d *desk) save(e kata.Exercise) {
	d.saves[e.ID] <- struct{}{}
	d.settle()
}

// press types keys, each by its name or as one letter.
func (d *desk) press(keys ...string) {
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp},
		"pgdown": {Code: tea.KeyPgDown}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
	}
	for _, name := range keys {
		key, ok := named[name]
		if !ok {
			key = tea.KeyPressMsg{Code: rune(name[0]), Text: name}
		}
		d.send(key)
	}
}

func (d *desk) resize(columns, rows int) { d.send(tea.WindowSizeMsg{Width: columns, Height: rows}) }

func (d *desk) send(msg tea.Msg) {
	d.messages <- msg
	d.settle()
}

// settle handles messages until none comes by itself.
func (d *desk) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-d.messages:
			d.handle(msg)
		default:
			return
		}
	}
}

func (d *desk) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.start(cmd)
		}
	case tea.QuitMsg:
		d.quit = true
	case tea.SuspendMsg:
		d.stops++
		require.Zero(d.t, d.running.Load(), "nothing runs while it is suspended")
	default:
		next, cmd := d.model.Update(msg)
		d.model = next.(Model)
		d.start(cmd)
	}
}

func (d *desk) start(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.messages <- cmd() }()
	}
}

// view is the screen without colours.
func (d *desk) view() string {
	var text strings.Builder
	w := colorprofile.Writer{Forward: &text, Profile: colorprofile.NoTTY}
	_, err := w.WriteString(d.model.View().Content)
	require.NoError(d.t, err)
	return text.String()
}

// row is one row of the screen; -1 is the last.
func (d *desk) row(n int) string {
	rows := strings.Split(d.view(), "\n")
	return rows[(n+len(rows))%len(rows)]
}
