package explore

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

func TestSelectsAreNamedByTheirChannels(t *testing.T) {
	for cases, want := range map[string]string{
		"case <-a:": "a",
		"case x.out <- f(1):\ncase <-ctx.Done():":               "x.out or ctx.Done()",
		"case v, ok := <-(a[0]):\ncase v = <-b:":                "(a[0]) or b",
		"case <-a:\ncase <-b:\ncase <-c:":                       "a, b or c",
		"case <-a:\ncase <-b:\ncase <-c:\ncase <-d:\ncase <-e:": "a, b, c or 2 more",
		"case <-a:\n\tselect {\n\tcase <-b:\n\t}":               "a",
		"": "",
	} {
		name := filepath.Join(t.TempDir(), "x.go")
		require.NoError(t, os.WriteFile(name, []byte("package x\n\nfunc f() {\n\tselect {\n"+cases+"\n\t}\n}\n"), 0o600))
		n := &narrator{Session: &Session{selects: &sync.Map{}}, lines: map[string][]string{}}
		assert.Equal(t, want, n.selectOn(position{path: name, line: 4}), strings.ReplaceAll(cases, "\n", " "))
		assert.Empty(t, n.selectOn(position{path: name, line: 3}))
		assert.Empty(t, n.selectOn(position{path: name + "x", line: 4}))
	}
}

const sendsWhileItIsClosed = `import "testing"

func TestSelect(t *testing.T) {
	events, ended, done := make(chan int, 1), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		defer func() { recover() }()
		select {
		case <-ended:
		case events <- 1:
		case <-t.Context().Done():
		}
	}()
	close(events)
	<-done
}
`

// A race with a select is in the line of its case, and closing and sending are called that.
func TestRaceInASelect(t *testing.T) {
	got := single(t, Options{Race: true, Budget: Budget{Schedules: 100}}, sendsWhileItIsClosed)
	assert.Equal(t, explored.Race, got.Verdict)
	sides := map[string]int{}
	for _, side := range got.Races {
		sides[side.Operation] = side.Line
	}
	assert.Equal(t, map[string]int{"close": 16, "send": 12}, sides)
	assert.Contains(t, got.Summary, "closes events")
	assert.Contains(t, got.Summary, "sends to it")
}
