package mutexbyvalue_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/02-mutex-by-value"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/remote"
	"heisenkata/exercises/internal/oracle"
)

// assertAnyLength fails t unless a line may have many names, and another one a long name
// and a long text.
func assertAnyLength(t *testing.T) {
	t.Helper()
	names, text := oracle.Many(), strings.Repeat("a lamp ", max(150*oracle.Many(), longest()/7+1))
	written, writes := "", 0
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		written = string(p)
		writes++
		return len(p), nil
	}), 0)
	check := func(logger *mutexbyvalue.Logger, names int, want string) {
		number := writes + 1
		require.NoError(t, logger.Log("a lamp"))
		require.Equal(t, number, writes, "Log writes its line by one call of Write")
		require.True(t, written == fmt.Sprintf("%d %sa lamp\n", number, want), "a logger with %d names has written %s", names, life.Quoted(written))
	}
	look := map[int]bool{names: true} // how many names a logger has that is looked at
	for _, n := range life.Limits(names) {
		look[n-1], look[n], look[n+1] = true, true, true
	}
	logger := shop
	for n := 1; n <= names; n++ {
		logger = logger.With("x")
		if look[n] {
			prefix := strings.Repeat("x: ", n)
			cart, billing := logger.With("cart"), logger.With("billing")
			check(logger, n, prefix)
			check(cart, n+1, prefix+"cart: ")
			check(billing, n+1, prefix+"billing: ")
		}
	}
	check(shop.With(text), 1, text+": ")
	number := writes + 1
	require.NoError(t, shop.Log(text))
	require.Equal(t, number, writes, "Log writes its line by one call of Write, even if it has %d bytes", len(text))
	require.True(t, written == fmt.Sprintf("%d %s\n", number, text), "the text of a line has %d bytes, and its last Write has %d", len(text), len(written))
}

// longest is how many bytes a text has: more than the numbers that the fix holds, up to
// those that the README names.
func longest() int { return oracle.Beyond(1000, 10_000_000) }

// assertLongLineIsAlone fails t if Write is called while a line with a long text is being written.
func assertLongLineIsAlone(t *testing.T) {
	t.Helper()
	begun, goOn := make(chan bool, 2), make(chan bool)
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		begun <- true
		<-goOn
		return len(p), nil
	}), 0)
	text := strings.Repeat("x", longest())
	oracle.Within(t, func() {
		var group sync.WaitGroup
		group.Go(func() { assert.NoError(t, shop.Log(text)) })
		<-begun
		group.Go(func() { assert.NoError(t, shop.With("cart").Log(text)) })
		oracle.Settled() // the second line waits now
		assert.Zero(t, len(begun), "a line of %d bytes is being written, and Write was called for another one", len(text))
		close(goOn)
		group.Wait()
	}, "two requests write a long line each, and a call of Log hangs")
}

// assertManyLines fails t if a journal loses count after more lines and loggers than a
// number of 16 bits can count.
func assertManyLines(t *testing.T) {
	t.Helper()
	lines, written, last := 1<<16+oracle.Many(), 0, ""
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		written++
		last = string(p)
		return len(p), nil
	}), 0)
	for k := range lines {
		if err := shop.With("cart").Log("one lamp"); err != nil || last != fmt.Sprintf("%d cart: one lamp\n", k+1) {
			require.Fail(t, "wrong line", "Log has returned %v for line %d, which is %q", err, k+1, last)
		}
	}
	require.Equal(t, lines, written, "the number of lines")
}

// assertOneOfMany fails t if Write is called while a line is being written and all other
// requests wait to write one: so many that a small counter of them is zero again.
func assertOneOfMany(t *testing.T, requests int) {
	t.Helper()
	var begun, writing atomic.Int64
	var later, disturbed atomic.Bool
	var journal strings.Builder
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		if writing.Add(1) > 1 {
			disturbed.Store(true)
		}
		defer writing.Add(-1)
		for k := 0; k < 2000 && !later.Load(); {
			runtime.Gosched()
			if begun.Load() == int64(requests) {
				k++ // each of them writes its line now, or waits
			}
		}
		later.Store(true)
		return journal.Write(p)
	}), 0)
	oracle.Within(t, func() {
		oracle.Together(requests, func(i int) {
			request := shop.With("request")
			begun.Add(1)
			assert.NoError(t, request.Log(fmt.Sprint(i)))
		})
	}, "many requests write a line each, and a call of Log hangs")
	require.False(t, disturbed.Load(), "%d requests write a line each, and Write was called while another line was being written", requests)
	seen := make([]bool, requests)
	for k, line := range strings.Split(strings.TrimSuffix(journal.String(), "\n"), "\n") {
		number, i := 0, 0
		_, err := fmt.Sscanf(line, "%d request: %d", &number, &i)
		require.NoError(t, err, "not a line: %q", line)
		require.Equal(t, k+1, number, "the number of the line %q", line)
		require.False(t, seen[i], "twice in the journal: %q", line)
		seen[i] = true
	}
	require.NotContains(t, seen, false, "a line is missing")
}

// assertNoneOutlivesItsCall fails t if a line is written by something that another call of
// Log started, after that call has returned. A call may write the lines of others before it
// returns.
func assertNoneOutlivesItsCall(t *testing.T) {
	t.Helper()
	type writer struct{ mine, creator string }
	var writers [2]writer
	begun, end := make(chan int, 2), [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	lines := 0
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		k := lines
		lines++
		writers[k].mine, writers[k].creator = oracle.Goroutine()
		begun <- k
		<-end[k]
		return len(p), nil
	}), 0)
	var first string
	var returned atomic.Bool
	var group sync.WaitGroup
	oracle.Within(t, func() {
		group.Go(func() {
			first, _ = oracle.Goroutine()
			assert.NoError(t, shop.Log("one lamp"))
			returned.Store(true)
		})
		<-begun
		group.Go(func() { assert.NoError(t, shop.Log("12 euros")) })
		oracle.Settled() // the second line waits now
		close(end[0])
		<-begun
		oracle.Settled() // the first call has returned, or it writes the second line, too
		outlives := returned.Load() && (writers[1].mine == writers[0].mine || writers[1].creator == writers[0].mine || writers[1].creator == first)
		assert.False(t, outlives, "a request has written its line, and its Log has returned. A goroutine that it started is still there, and writes the line of another request")
		close(end[1])
		group.Wait()
	}, "two requests write a line each, and a call of Log hangs")
}
