package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// onQueue is a step on a channel named q, of which the buffer holds so many of two after it.
func onQueue(g int, op, value string, length int) Step {
	s := did(g, op, "q", g, "x")
	s.Buffers = []Buffer{{"q", length, 2}}
	if op == "send" {
		s.Sent = value
	}
	return s
}

func TestChannelsHold(t *testing.T) {
	chooses := func(s Step) Step {
		s.Returned = map[bool]string{true: "→ case q <- v", false: "→ case v := <-q"}[s.Operation == "send"]
		s.Operation, s.Object, s.Chosen = "select", "", "q"
		return s
	}
	waits := func(s Step) []Step { // in a select that takes this case later
		later := chooses(s)
		later.Operation, later.Buffers = "resume", nil
		s.Operation, s.Object, s.Sent, s.Buffers = "select", "", "", nil
		return []Step{s, later}
	}
	third := waits(onQueue(3, "send", "3", 2))
	silent := func(s Step) Step {
		s.Buffers = nil
		return s
	}
	for _, c := range []struct {
		name  string
		trace []Step
		want  []string
	}{
		{"first in, first out", []Step{onQueue(1, "send", "1", 1), onQueue(1, "send", "2", 2), onQueue(2, "receive", "", 1), onQueue(2, "receive", "", 0)},
			[]string{"holds 1 of 2: 1", "holds 2 of 2: 1, 2", "holds 1 of 2: 2", "empty, capacity 2"}},
		{"closed", []Step{onQueue(1, "send", `"a"`, 1), silent(onQueue(1, "close", "", 1)), onQueue(2, "receive", "", 0)},
			[]string{`holds 1 of 2: "a"`, `holds 1 of 2, closed: "a"`, "empty, capacity 2, closed"}},
		{"what waits to be sent follows what is received",
			[]Step{onQueue(1, "send", "1", 1), onQueue(1, "send", "2", 2), silent(onQueue(1, "send", "3", 2)), silent(onQueue(3, "send", "4", 2)), silent(onQueue(2, "receive", "", 2)), silent(onQueue(2, "receive", "", 2))},
			[]string{"holds 1 of 2: 1", "holds 2 of 2: 1, 2", "holds 2 of 2: 1, 2", "holds 2 of 2: 1, 2", "holds 2 of 2: 2, 3", "holds 2 of 2: 3, 4"}},
		{"what is sent to a goroutine that waits is never in the buffer", []Step{onQueue(2, "receive", "", 0), silent(onQueue(1, "send", "1", 0)), onQueue(1, "send", "2", 1)},
			[]string{"empty, capacity 2", "empty, capacity 2", "holds 1 of 2: 2"}},
		{"selects", []Step{chooses(onQueue(1, "send", "1", 1)), chooses(onQueue(1, "send", "2", 2)), chooses(onQueue(2, "receive", "", 1))},
			[]string{"holds 1 of 2: 1", "holds 2 of 2: 1, 2", "holds 1 of 2: 2"}},
		{"a select that waits is first in line",
			[]Step{onQueue(1, "send", "1", 1), onQueue(1, "send", "2", 2), third[0], silent(onQueue(4, "send", "4", 2)), silent(onQueue(2, "receive", "", 2)), third[1], silent(onQueue(2, "receive", "", 2))},
			[]string{"holds 1 of 2: 1", "holds 2 of 2: 1, 2", "holds 2 of 2: 1, 2", "holds 2 of 2: 1, 2", "holds 2 of 2: 2, 3", "holds 2 of 2: 2, 3", "holds 2 of 2: 3, 4"}},
		{"what a select sends that is not simple is counted", []Step{chooses(onQueue(1, "send", "", 1)), chooses(onQueue(1, "send", "2", 2)), onQueue(2, "receive", "", 1)},
			[]string{"holds 1 of 2", "holds 2 of 2", "holds 1 of 2: 2"}},
		{"what is not simple is counted", []Step{onQueue(1, "send", "", 1), onQueue(1, "send", "2", 2), onQueue(2, "receive", "", 1)},
			[]string{"holds 1 of 2", "holds 2 of 2", "holds 1 of 2: 2"}},
		{"what others than the steps have sent is counted", []Step{onQueue(1, "send", "1", 2), onQueue(2, "receive", "", 1)},
			[]string{"holds 2 of 2", "holds 1 of 2"}},
	} {
		var got []string
		for _, s := range States(Test{Trace: c.trace}) {
			got = append(got, channelWords(s.Channels[0]))
		}
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestUnbufferedChannels(t *testing.T) {
	s := did(1, "send", "q", 1, "x")
	s.Sent, s.Buffers = "1", []Buffer{{"q", 0, 0}}
	states := States(Test{Trace: []Step{s, did(2, "receive", "q", 2, "x"), did(1, "close", "q", 3, "x")}})
	assert.Equal(t, "unbuffered", channelWords(states[1].Channels[0]))
	assert.Equal(t, "unbuffered, closed", channelWords(states[2].Channels[0]))
}

// A row says what is sent, unless its source does.
func TestRowsSayWhatIsSent(t *testing.T) {
	s := did(1, "send", "q", 1, "q <- v")
	s.Sent = "7"
	other := did(1, "send", "q", 2, "q <- 7")
	other.Sent = "7"
	rows := rowsOf([]Step{s, other})
	assert.Equal(t, "· sends 7", rows[0].beside())
	assert.Empty(t, rows[1].beside())
}

func TestATurnsChannels(t *testing.T) {
	empty := did(1, "receive", "p", 1, "x")
	empty.Buffers = []Buffer{{"p", 0, 3}}
	quit := did(1, "close", "quit", 1, "x")
	quit.Buffers = []Buffer{{"quit", 0, 0}, {"done", 0, 0}}
	turn := Turn{Test: Test{Trace: []Step{onQueue(1, "send", "1", 1), empty, quit, did(1, "close", "p", 1, "x")}}}
	assert.Equal(t, []string{"q holds 1 of 2: 1", "p empty, closed", "quit closed"}, turn.Channels())
}

// Only memory that several goroutines have used is shown, and only if its name means one place.
func TestATurnsMemory(t *testing.T) {
	access := func(g int, op, object, value string) Step {
		s := did(g, op, object, 1, "x")
		s.Value = value
		return s
	}
	trace := []Step{
		access(0, "write", "own", "1"), access(0, "write", "c.n", "1"), access(1, "read", "c.n", "1"), access(1, "write", "c.n", "2"),
		access(0, "read", "limit", "9"), access(1, "read", "limit", "9"),
		access(0, "write", "x.m", "1"), access(1, "write", "x.m", "5"), access(0, "read", "x.m", "1"),
		access(0, "write", "c.p", "not nil"), access(1, "write", "c.p", "not nil"),
	}
	assert.Equal(t, []string{"c.n = 2"}, Turn{Test: Test{Trace: trace}}.Memory())
}
