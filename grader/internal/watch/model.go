// Package watch is the learner's loop on one screen: the current exercise, what
// is wrong with it, and a new grade whenever its files are saved.
//
// The model is pure: messages in, a view out. Grading, files and progress come from
// a Session. The package neither judges a fix nor draws a report.
package watch

import (
	"context"
	"time"

	"charm.land/bubbles/v2/list"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// Session is everything that the screen needs from outside.
type Session struct {
	Exercises []kata.Exercise
	First     kata.Exercise
	// Grade grades the files as they are now. It returns soon after ctx has ended.
	// The error is the grader's own; what is wrong with a fix is in the report.
	Grade func(ctx context.Context, e kata.Exercise, tell func(Progress)) (grade.Report, error)
	// Changes returns a channel that receives after each change of the exercise's files,
	// until ctx ends.
	Changes func(ctx context.Context, e kata.Exercise) <-chan struct{}
	// Report draws a report for so many columns and rows.
	Report func(r grade.Report, look Look) string
	// About introduces an exercise that has not been graded yet.
	About func(e kata.Exercise, look Look) string
	// Hint is the text of a hint; number is 1 for the first.
	Hint func(e kata.Exercise, number int, look Look) string
	// Standings returns the best result so far in each of Exercises.
	Standings func() []Standing
	// Next returns the exercise to suggest after a report; without an id none is left.
	Next func(r grade.Report) kata.Exercise
}

// Look is the room for a text.
type Look struct {
	Columns, Rows int
	All           bool          // however long it gets: every test with every finding
	Next          kata.Exercise // that Enter opens after a pass, if it has an id
}

// Progress says how far a grading has come.
type Progress struct {
	Doing       string        // what takes time before the tests, such as compilation, or ""
	Done, Total int           // tests
	Early       *grade.Report // of the first failure, as soon as there is one
}

// Standing is the best result in an exercise.
type Standing struct {
	Points string // "3/10", or "–/10"
	Done   bool
}

// page is what the middle of the screen shows.
type page int

const (
	resultPage page = iota
	aboutPage
	hintPage
	listPage
)

// Model is the state of the screen.
type Model struct {
	Session
	ctx  context.Context
	send func(tea.Msg) // for messages about a grading that is under way

	columns, rows int
	exercise      kata.Exercise
	standings     []Standing

	visit     int             // counts the exercises opened, so that late messages are known
	here      context.Context // ends when another is opened
	leave     context.CancelFunc
	changes   <-chan struct{}
	run       int // counts the gradings, likewise
	cancel    context.CancelFunc
	busy      chan struct{} // holds one while a grading runs: two would only slow each other down
	grading   bool
	suspended bool

	progress Progress
	seconds  int // since the grading began
	report   *grade.Report
	next     kata.Exercise // to go on with after report
	early    bool          // the report is of the first failure only
	outdated bool          // it is of files that have changed since
	failure  error
	all      bool
	hint     int
	page     page
	body     viewport.Model
	drawn    drawn // what body holds
	list     list.Model
}

// newModel is the screen before anything has happened.
func newModel(ctx context.Context, s Session, send func(tea.Msg)) Model {
	return Model{
		Session: s, ctx: ctx, send: send, exercise: s.First, columns: 80, rows: 24,
		here: ctx, leave: func() {}, cancel: func() {}, busy: make(chan struct{}, 1), body: newBody(), list: newList(),
	}
}

// The messages, besides those of the terminal.
type (
	openedMsg struct { // an exercise is being watched
		visit   int
		changes <-chan struct{}
	}
	changedMsg  struct{ visit int } // its files have changed
	progressMsg struct {
		run int
		Progress
	}
	gradedMsg struct {
		run       int
		report    grade.Report
		err       error
		next      kata.Exercise
		standings []Standing
	}
	secondMsg    struct{ run int } // one more second of a grading has passed
	standingsMsg []Standing
	stoppedMsg   struct{} // nothing runs any more, so the program may be suspended
)

// Init opens the first exercise. Init cannot change the model, so a message does.
func (m Model) Init() tea.Cmd {
	return func() tea.Msg { return chosenMsg{m.First} }
}

// chosenMsg chooses an exercise.
type chosenMsg struct{ exercise kata.Exercise }

// Update handles one message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	m.layOut()
	return m, cmd
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.columns, m.rows = max(msg.Width, 1), max(msg.Height, 1)
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.ResumeMsg:
		m.suspended = false
		return m.grade()
	case stoppedMsg:
		return tea.Suspend
	case chosenMsg:
		return m.open(msg.exercise)
	case openedMsg:
		return m.opened(msg)
	case changedMsg:
		return m.changed(msg)
	case progressMsg:
		m.tell(msg)
	case gradedMsg:
		m.graded(msg)
	case secondMsg:
		return m.second(msg)
	case standingsMsg:
		m.standings = msg
	default:
		return m.updateList(msg)
	}
	return nil
}

// open switches to an exercise, and stops everything about the last one.
func (m *Model) open(e kata.Exercise) tea.Cmd {
	m.stop()
	m.leave()
	m.here, m.leave = context.WithCancel(m.ctx)
	m.visit++
	m.exercise, m.page, m.hint, m.report, m.early, m.failure = e, resultPage, 0, nil, false, nil
	m.body.GotoTop()
	visit, here, changes := m.visit, m.here, m.Changes
	return func() tea.Msg { return openedMsg{visit, changes(here, e)} }
}

// opened starts grading only once the files are watched, so that no change is missed.
func (m *Model) opened(msg openedMsg) tea.Cmd {
	if msg.visit != m.visit {
		return nil
	}
	m.changes = msg.changes
	standings := m.Standings
	return tea.Batch(m.await(), m.grade(), func() tea.Msg { return standingsMsg(standings()) })
}

// await waits for the next change of the files.
func (m *Model) await() tea.Cmd {
	visit, here, changes := m.visit, m.here, m.changes
	return func() tea.Msg {
		select {
		case <-changes:
			return changedMsg{visit}
		case <-here.Done():
			return nil
		}
	}
}

// changed grades again, and shows the result unless the list is open.
func (m *Model) changed(msg changedMsg) tea.Cmd {
	if msg.visit != m.visit {
		return nil
	}
	if m.page != listPage {
		m.page = resultPage
	}
	return tea.Batch(m.await(), m.grade())
}

// grade starts a grading and stops the one that is running, which is outdated.
func (m *Model) grade() tea.Cmd {
	if m.suspended {
		return nil
	}
	m.stop()
	m.grading, m.outdated, m.seconds, m.progress = true, m.report != nil, 0, Progress{Total: len(m.exercise.Tests)}
	var ctx context.Context
	ctx, m.cancel = context.WithCancel(m.ctx)
	run, e, s, send, busy := m.run, m.exercise, m.Session, m.send, m.busy
	return tea.Batch(tick(run), func() tea.Msg {
		busy <- struct{}{}
		defer func() { <-busy }()
		if ctx.Err() != nil { // replaced before it began
			return nil
		}
		report, err := s.Grade(ctx, e, func(p Progress) { send(progressMsg{run, p}) })
		return gradedMsg{run, report, err, s.Next(report), s.Standings()}
	})
}

// stop cancels the running grading, if any. Its later messages are ignored.
func (m *Model) stop() {
	m.cancel()
	m.run++
	m.grading = false
}

func tick(run int) tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return secondMsg{run} })
}

func (m *Model) second(msg secondMsg) tea.Cmd {
	if msg.run != m.run || !m.grading {
		return nil
	}
	m.seconds++
	return tick(m.run)
}

// tell handles progress. The first failure replaces the report of the last grading.
func (m *Model) tell(msg progressMsg) {
	if msg.run != m.run {
		return
	}
	m.progress = msg.Progress
	if msg.Early != nil && (m.outdated || m.report == nil) {
		m.show(*msg.Early, true)
	}
}

// graded handles a finished grading.
func (m *Model) graded(msg gradedMsg) {
	if msg.standings != nil {
		m.standings = msg.standings
	}
	if msg.run != m.run {
		return
	}
	m.grading = false
	if m.failure = msg.err; msg.err == nil {
		m.show(msg.report, false)
		m.next = msg.next
	}
}

func (m *Model) show(r grade.Report, early bool) {
	m.report, m.early, m.outdated, m.failure = &r, early, false, nil
	if m.page == resultPage {
		m.body.GotoTop()
	}
}

// passed reports whether the current code earned all points.
func (m *Model) passed() bool {
	return !m.grading && m.failure == nil && m.report != nil && m.report.Points != nil && *m.report.Points == m.report.MaxPoints
}
