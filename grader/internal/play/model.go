package play

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"heisenkata/grader/internal/explored"
)

// model is the state of the screen. Its path is the turns so far: each is what the
// choices before it have led to, so that a step back costs nothing.
type model struct {
	ctx    context.Context
	game   Game
	o      Options
	width  int
	height int

	choices []int32
	path    []explored.Turn // one more than choices, once the first turn is there
	mark    int             // how many choices to go back to
	cursor  int             // the option that is highlighted
	up      int             // lines that the picture is scrolled up by
	helped  bool            // the computer has chosen how the schedule went on
	help    bool

	prediction prediction
	moves      int // of it, once it is played

	busy   string   // what is being done, if anything is
	ahead  []string // keys that were pressed meanwhile
	stop   context.CancelFunc
	note   note
	hint   hint
	solved *explored.Test // what the computer has found
	fewest *explored.Test // the one of its findings that needs the fewest switches; nil if there is none
	bad    error          // the game cannot go on
}

// note is what is said below the turn.
type note struct {
	text string
	look look
}

// hint is what the computer knows about the present turn.
type hint struct {
	asked   int // how often the player has
	known   bool
	sought  explored.Sought
	choices int // how many had been made
}

// Limits of the searches for a hint, which a player waits for.
const (
	hintSwitches = 3
	hintTime     = 5 * time.Second
)

func newModel(ctx context.Context, g Game, o Options) *model {
	m := &model{ctx: ctx, game: g, o: o, width: 80, height: 24, busy: "starting", stop: func() {}}
	if o.Predict {
		m.prediction = thinking
	}
	return m
}

// The messages by which work that was begun comes back.
type (
	turnMsg struct {
		choices []int32
		path    []explored.Turn // of the choices from a number on
		from    int
		helped  bool // by the computer's choices
		err     error
	}
	soughtMsg struct {
		sought explored.Sought
		err    error
	}
	solvedMsg struct {
		test   explored.Test
		sought explored.Sought // if there is anything to find
		err    error
	}
)

// Init begins with the first turn, and has the computer look at the test meanwhile.
func (m *model) Init() tea.Cmd {
	first := m.work("starting", func(ctx context.Context) tea.Msg {
		t, err := m.game.Turn(ctx, nil)
		return turnMsg{path: []explored.Turn{t}, err: err}
	})
	return tea.Batch(first, func() tea.Msg { return m.solve() })
}

// solve has the computer explore the test, and look for a finding with few switches.
func (m *model) solve() (msg solvedMsg) {
	msg.test, msg.err = m.game.Solve(m.ctx)
	if msg.err == nil && msg.test.Verdict.Found() {
		msg.sought, msg.err = m.game.Seek(m.ctx, nil, hintSwitches, hintTime)
	}
	return msg
}

// work does something that takes a moment, and that Esc ends.
func (m *model) work(what string, do func(context.Context) tea.Msg) tea.Cmd {
	ctx, cancel := context.WithCancel(m.ctx)
	m.busy, m.stop, m.note = what, cancel, note{}
	return func() tea.Msg {
		defer cancel()
		return do(ctx)
	}
}

// Update answers a message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m, m.key(msg.String())
	case turnMsg:
		m.busy = ""
		if m.turned(msg); m.bad != nil {
			return m, tea.Quit
		}
		return m, m.goOn()
	case soughtMsg:
		m.busy = ""
		m.found(msg)
		return m, m.goOn()
	case solvedMsg:
		m.learn(msg)
	}
	return m, nil
}

// learn takes over what the computer has found.
func (m *model) learn(msg solvedMsg) {
	if msg.err != nil {
		return
	}
	m.solved = &msg.test
	if !msg.test.Verdict.Found() {
		return
	}
	m.fewest = &msg.test
	if t := msg.sought.Test; t.Verdict.Found() && t.Switches() < msg.test.Switches() {
		m.fewest = &t
	}
}

// turned takes over what choices have led to.
func (m *model) turned(msg turnMsg) {
	switch {
	case msg.err != nil && len(m.path) > 0: // it was stopped; the turns so far stand
	case msg.err != nil:
		m.bad = msg.err
	default:
		m.path = append(m.path[:msg.from], msg.path...)
		m.choices, m.cursor, m.up, m.helped = msg.choices, 0, 0, msg.helped
		m.reveal()
	}
}

// turn is the present one.
func (m *model) turn() explored.Turn {
	if len(m.path) == 0 {
		return explored.Turn{}
	}
	return m.path[len(m.path)-1]
}

// choose takes an option of the present turn.
func (m *model) choose(option int) tea.Cmd {
	if option >= len(m.turn().Options) {
		return nil
	}
	choices, from := append(slices.Clone(m.choices), int32(option)), len(m.path)
	return m.work("running", func(ctx context.Context) tea.Msg {
		t, err := m.game.Turn(ctx, choices)
		return turnMsg{choices: choices, path: []explored.Turn{t}, from: from, err: err}
	})
}

// stretch lets the highlighted goroutine run as long as it can.
func (m *model) stretch() tea.Cmd {
	options := m.turn().Options
	if m.cursor >= len(options) || options[m.cursor].Goroutine < 0 {
		return m.choose(m.cursor)
	}
	g, choices, path, from := options[m.cursor].Goroutine, slices.Clone(m.choices), []explored.Turn{m.turn()}, len(m.path)
	return m.work("running "+explored.Name(g), func(ctx context.Context) tea.Msg {
		msg := turnMsg{from: from}
		for {
			k := path[len(path)-1].Of(g)
			if k < 0 {
				break
			}
			choices = append(choices, int32(k))
			t, err := m.game.Turn(ctx, choices)
			if err != nil {
				choices = choices[:len(choices)-1]
				break
			}
			path = append(path, t)
		}
		msg.choices, msg.path = choices, path[1:]
		return msg
	})
}

// win lets the computer finish: without another switch, or else by an order that breaks the
// test, if it finds one from here.
func (m *model) win() tea.Cmd {
	if m.nothingToWin() {
		return m.finish()
	}
	choices, from := slices.Clone(m.choices), len(m.path)
	return m.work("looking for an order that breaks it", func(ctx context.Context) tea.Msg {
		msg := turnMsg{choices: choices, from: from}
		t, err := m.game.Finish(ctx, choices)
		if err == nil && !t.Test.Verdict.Found() {
			var found explored.Sought
			if found, err = m.game.Seek(ctx, choices, hintSwitches, hintTime); err == nil && found.Test.Verdict.Found() {
				msg.helped = true
				t, err = m.game.Finish(ctx, found.Choices)
			}
		}
		msg.path, msg.err = []explored.Turn{t}, err
		return msg
	})
}

// nothingToWin reports whether every order is known to pass.
func (m *model) nothingToWin() bool {
	return m.solved != nil && m.solved.Verdict == explored.Pass && m.solved.Different > 0
}

// finish lets the computer go on without a switch that is not needed.
func (m *model) finish() tea.Cmd {
	choices, from := slices.Clone(m.choices), len(m.path)
	return m.work("running to the end", func(ctx context.Context) tea.Msg {
		t, err := m.game.Finish(ctx, choices)
		return turnMsg{choices: choices, path: []explored.Turn{t}, from: from, err: err}
	})
}

// back takes choices back, until so many are left. Where the computer has finished, there
// is one turn more than choices.
func (m *model) back(to int) {
	if len(m.path) == 0 {
		return
	}
	to = min(max(to, 0), len(m.path)-1)
	if m.prediction == revealed {
		m.prediction = none
	}
	m.path, m.cursor, m.up, m.note = m.path[:to+1], 0, 0, note{}
	m.choices = m.choices[:min(to, len(m.choices))]
}

// seek asks the computer for a hint, or shows more of the one that it has given.
func (m *model) seek() tea.Cmd {
	if m.hint.known && m.hint.choices == len(m.choices) {
		m.hint.asked++
		m.showHint()
		return nil
	}
	choices := slices.Clone(m.choices)
	return m.work("looking ahead", func(ctx context.Context) tea.Msg {
		found, err := m.game.Seek(ctx, choices, hintSwitches, hintTime)
		return soughtMsg{found, err}
	})
}

func (m *model) found(msg soughtMsg) {
	if msg.err != nil {
		return
	}
	m.hint = hint{asked: 1, known: true, sought: msg.sought, choices: len(m.choices)}
	m.showHint()
}
