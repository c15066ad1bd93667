package mutexbyvalue_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
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

func TestMain(m *testing.M) { oracle.Main(m) }

// someNumber is that of a journal's last line: of any magnitude, often the last one
// that a smaller type could hold, and sometimes negative.
func someNumber(r *rand.Rand) int64 {
	switch r.IntN(4) {
	case 0:
		return 0
	case 1:
		return 1<<(1+r.IntN(62)) - int64(1+r.IntN(2))
	case 2:
		return []int64{-1, -5, math.MinInt64, -int64(life.Size(r, 1<<50))}[r.IntN(4)]
	default:
		return int64(life.Size(r, 1<<50))
	}
}

// Any number of loggers, one goroutine: what the lines look like, and their numbers.
func TestLinesAndNumbers(t *testing.T) {
	random := oracle.Random(t)
	lines, large := 60, oracle.Large(t)
	if large {
		lines = 600
	}
	for round := range 3 {
		last := []int64{someNumber(random), -2, someNumber(random)}[round]
		written, writes := "", 0
		write := remote.Writer(func(p []byte) (int, error) {
			written += string(p)
			writes++
			return len(p), nil
		})
		out := []io.Writer{write, write, remote.NewStream(write)}[round]
		loggers := []*mutexbyvalue.Logger{mutexbyvalue.New(out, last)}
		prefixes := []string{""}
		for n := range lines {
			parent, name := random.IntN(len(loggers)), life.AnyText(random)
			if random.IntN(2) == 0 {
				parent = len(loggers) - 1 // and so a part of a part of a part …
			}
			loggers = append(loggers, loggers[parent].With(name))
			prefixes = append(prefixes, prefixes[parent]+name+": ")
			require.Equal(t, n, writes, "With is to write nothing")

			i, text := random.IntN(len(loggers)), life.AnyText(random)
			written = ""
			require.NoError(t, loggers[i].Log(text))
			last++
			line := fmt.Sprintf("%d %s%s\n", last, prefixes[i], text)
			require.Equal(t, n+1, writes, "Log writes its line by one call of Write, and calls nothing else, such as WriteString")
			require.Equal(t, line, written, "Log has written %.50q. Its line is %.50q, with the next number", written, line)
		}
	}
	if large {
		assertAnyLength(t)
		assertManyLines(t)
	}
}

// Each New begins a journal, even for a writer that another one has.
func TestJournalsHaveNumbersOfTheirOwn(t *testing.T) {
	var out strings.Builder
	first, second := mutexbyvalue.New(&out, 7), mutexbyvalue.New(&out, 100).With("cart")
	for range 2 {
		assert.NoError(t, first.Log("open"))
		assert.NoError(t, second.Log("empty"))
	}
	assert.Equal(t, "8 open\n101 cart: empty\n9 open\n102 cart: empty\n", out.String())
}

// The disk is full for a while.
func TestFailedWrite(t *testing.T) {
	random := oracle.Random(t)
	for _, full := range append(life.Troubles("disk full"), context.Canceled, context.DeadlineExceeded) {
		assertFullDisk(t, full, 1+random.IntN(3), random)
	}
	failures := 20 + random.IntN(20)
	if oracle.Large(t) {
		failures = oracle.Many()
	}
	assertFullDisk(t, life.Trouble(random, "disk full"), failures, random)
}

// assertFullDisk fails t unless each of so many lines fails, in a row, and the next one
// does not.
func assertFullDisk(t *testing.T, full error, failures int, random *rand.Rand) {
	t.Helper()
	var out strings.Builder
	err, writes := full, 0
	shop := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		writes++
		if err != nil {
			return random.IntN(len(p) + 1), err
		}
		return out.Write(p)
	}), 0)
	cart := shop.With("cart")
	oracle.Within(t, func() {
		for k := range failures {
			logger := []*mutexbyvalue.Logger{shop, cart}[k%2]
			if !oracle.AssertWraps(t, logger.Log("lost"), full, "the disk is full") {
				return
			}
		}
		assert.Equal(t, failures, writes, "Log calls Write once, whatever that returns, and however often it has failed")
		err = nil
		assert.NoError(t, cart.Log("one lamp"), "the disk has room again")
		assert.NoError(t, shop.Log("closed"))
	}, "Write has returned an error, and the next Log hangs. What did the first one not release?")
	assert.Equal(t, "1 cart: one lamp\n2 closed\n", out.String(), "lines that were not written have no number")
}

// While a line of one journal is being written, however slowly, lines are written to
// all others, and loggers are made for all, this one included.
func TestSlowJournalDelaysNoOther(t *testing.T) {
	random := oracle.Random(t)
	others := []int{1 + random.IntN(20)}
	if oracle.Large(t) {
		others = append(others, oracle.Many())
	}
	for _, n := range others {
		assertDelaysNoOther(t, n)
	}
}

// assertDelaysNoOther fails t unless lines of n other journals can be written, each
// within the Write of the one before, while one journal is slow.
func assertDelaysNoOther(t *testing.T, n int) {
	t.Helper()
	next := mutexbyvalue.New(io.Discard, 0)
	for range n {
		inner := next
		next = mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) { return len(p), inner.Log("one lamp") }), 0).With("cart")
	}
	var out strings.Builder
	var shop, branch, later *mutexbyvalue.Logger
	printer := remote.NewStream(func(p []byte) (int, error) {
		if later == nil {
			for later = shop.With("cart"); n > 0; n-- {
				later.With("unused")
			}
			later = later.With("coupons")
			assert.NoError(t, next.Log("one lamp"))
			assert.NoError(t, branch.Log("open"))
		}
		return out.Write(p)
	})
	shop, branch = mutexbyvalue.New(printer, 0), mutexbyvalue.New(printer, 40)
	oracle.Within(t, func() {
		assert.NoError(t, shop.With("billing").Log("12 euros"))
		assert.NoError(t, later.Log("10 %"))
	}, "a line is being written to a slow journal, and meanwhile With, or the Log of another journal, hangs. What does it wait for?")
	assert.Equal(t, "41 open\n1 billing: 12 euros\n2 cart: coupons: 10 %\n", out.String())
}

// A printer takes a line and prints it in two parts. While it prints the first line,
// it gives others time to disturb it.
type printer struct {
	writing   atomic.Int64 // calls of Write under way
	disturbed atomic.Bool
	later     atomic.Bool // it is no longer the first line

	mu      sync.Mutex // guards printed, so that lines that are mixed up can be read
	printed strings.Builder
}

func (p *printer) Write(line []byte) (int, error) {
	p.writing.Add(1)
	defer p.writing.Add(-1)
	half := len(line) / 2
	p.print(line[:half])
	for k := 0; k < 2000 && !p.later.Load() && !p.disturbed.Load(); k++ {
		if p.writing.Load() > 1 {
			p.disturbed.Store(true)
		}
		runtime.Gosched()
	}
	p.later.Store(true)
	p.print(line[half:])
	return len(line), nil
}

func (p *printer) print(part []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed.Write(part)
}

// Two requests, each with a logger of its own, and a journal that is printed.
func TestOneLineAtATime(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		var journal printer
		shop := mutexbyvalue.New(&journal, 0)
		loggers := []*mutexbyvalue.Logger{shop.With("cart"), shop.With("billing")}
		oracle.Within(t, func() {
			oracle.Together(len(loggers), func(i int) {
				assert.NoError(t, loggers[i].Log([]string{"one lamp", "12 euros"}[i]))
			})
		}, "two requests write a line each, and a call of Log hangs")
		got := journal.printed.String()
		if got == "1 cart: one lamp\n2 billing: 12 euros\n" || got == "1 billing: 12 euros\n2 cart: one lamp\n" {
			assert.False(t, journal.disturbed.Load(), "a journal takes one line at a time, and Write was called while another line was being written")
			continue
		}
		require.Fail(t, "The lines are mixed up", "Two requests have written a line each, one for the cart and one for billing. This is the journal:\n\n%s", got)
	}
	waiting := 20 + random.IntN(20)
	if oracle.Large(t) {
		waiting = oracle.Many()
		assertLongLineIsAlone(t)
	}
	assertOneOfMany(t, waiting)
	for range 3 {
		assertNoneOutlivesItsCall(t)
	}
}

// Many requests, each with loggers of its own: all lines are there, whole and in order.
func TestManyRequests(t *testing.T) {
	random := oracle.Random(t)
	long := ""
	for _, requests := range []int{3, 8 + random.IntN(8)} {
		var journal strings.Builder
		last := someNumber(random)
		shop := mutexbyvalue.New(&journal, last)
		many := 20 + random.IntN(20)
		loggers, prefixes := make([]*mutexbyvalue.Logger, requests), make([]string, requests)
		for i := range requests {
			name := fmt.Sprint("request ", i, long)
			loggers[i], prefixes[i] = shop.With(name), name+": cart: "
			for range random.IntN(10) {
				loggers[i], prefixes[i] = loggers[i].With("part"), strings.Replace(prefixes[i], "cart: ", "part: cart: ", 1)
			}
		}
		oracle.Within(t, func() {
			oracle.Together(requests, func(i int) {
				for k := range many {
					assert.NoError(t, loggers[i].With("cart").Log(fmt.Sprint(k)))
				}
				assert.NoError(t, shop.Log(fmt.Sprint("served ", i)))
			})
		}, "requests write lines at the same time, and a call of Log hangs")
		want := make([][]string, requests)
		for i := range want {
			for k := range many {
				want[i] = append(want[i], fmt.Sprint(prefixes[i], k))
			}
			want[i] = append(want[i], fmt.Sprint("served ", i))
		}
		assertLines(t, journal.String(), last, want)
		if oracle.Large(t) {
			long = strings.Repeat(" long", oracle.Many())
		}
	}
}

// assertLines fails t unless the journal has the lines of all requests, those of each
// in their order, with the numbers after last.
func assertLines(t *testing.T, journal string, last int64, want [][]string) {
	t.Helper()
	all := len(want) * len(want[0])
	require.Equal(t, all, strings.Count(journal, "\n"), "%d requests have written %d lines each. That many should be in the journal", len(want), len(want[0]))
	for line := range strings.Lines(journal) {
		last++
		number, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		require.Equal(t, fmt.Sprint(last), number, "the number of the line %q: each line has the next one", line)
		i := slices.IndexFunc(want, func(lines []string) bool { return len(lines) > 0 && lines[0] == text })
		require.GreaterOrEqual(t, i, 0, "no request has written the line %q next", line)
		want[i] = want[i][1:]
	}
}

// crowded is the journal of waitTogether. It stays in use.
var crowded *mutexbyvalue.Logger

// waitTogether writes lines of some size at the same time, while the first is being written.
func waitTogether(t *testing.T, lines, size int) {
	t.Helper()
	begun, goOn := make(chan bool, 1), make(chan bool)
	last := int64(8) // the next number has one digit, and those after it more
	crowded = mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		if last++; last == 9 {
			begun <- true
			<-goOn
		} else if number := fmt.Sprint(last, " "); !bytes.HasPrefix(p, []byte(number)) || len(p) != len(number)+size+1 {
			assert.Fail(t, "wrong line", "It has %d bytes and begins with %q, and %q with %d bytes of text was expected", len(p), p[:min(len(p), 10)], number, size)
		}
		return len(p), nil
	}), last)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		group.Go(func() { assert.NoError(t, crowded.Log("the first")) })
		<-begun
		for range lines {
			group.Go(func() { assert.NoError(t, crowded.Log(strings.Repeat("x", size))) })
		}
		for range 10 * lines {
			runtime.Gosched() // most of them wait by then
		}
		close(goOn)
		group.Wait()
	}, "a line is slow, and others wait for it. One of them hangs")
}

// A journal may have a billion lines, and journals and loggers come and go. Lines that could not be
// written are not kept either, neither while the disk is full nor afterwards.
func TestNothingIsKept(t *testing.T) {
	lines, loggers, kept := 60, 4, func(f func()) int64 { f(); return 0 } // quick: memory is measured once
	waiting, size, largest := 3, 100, 1000
	if oracle.Large(t) {
		lines, loggers, kept = 30_000, 2_000, oracle.Kept
		waiting, size, largest = 200, oracle.Beyond(10_000, 1<<17), 10_000_000
	}
	var full bool
	l := mutexbyvalue.New(remote.Writer(func(p []byte) (int, error) {
		if full {
			return 0, fmt.Errorf("disk full, this is lost: %s", p)
		}
		return len(p), nil
	}), 0)
	written := kept(func() {
		for range lines {
			require.NoError(t, l.Log("a line"))
		}
	})
	assert.Less(t, written, int64(lines*4), "%d lines were written, and memory in use grew by this many bytes", lines)
	once := kept(func() { require.NoError(t, l.Log(strings.Repeat("x", largest))) })
	assert.Less(t, once, int64(largest/10), "a line of %d bytes was written, and memory in use grew by this many bytes", largest)
	crowd := kept(func() { waitTogether(t, waiting, size) })
	assert.Less(t, crowd, int64(waiting*size/4), "%d lines of %d bytes waited for another one and were written, and memory in use grew by this many bytes", waiting, size)
	const long = 500
	inUse := make([]*mutexbyvalue.Logger, loggers)
	for i := range inUse {
		inUse[i] = l.With("cart")
	}
	each := kept(func() {
		for _, l := range inUse {
			require.NoError(t, l.Log(strings.Repeat("x", long)))
		}
	})
	assert.Less(t, each, int64(loggers*long/2), "each of %d loggers in use has written a line of %d bytes, and memory in use grew by this many bytes", loggers, long)
	made := kept(func() {
		for i := range loggers {
			require.NoError(t, l.With(fmt.Sprint(i, strings.Repeat("x", long))).Log("a line"))
		}
	})
	assert.Less(t, made, int64(loggers*long/2), "%d loggers with names of %d bytes were made, each for one line, and memory in use grew by this many bytes", loggers, long)
	journals := kept(func() {
		for range loggers {
			require.NoError(t, mutexbyvalue.New(&bytes.Buffer{}, 0).With("cart").Log(strings.Repeat("x", long)))
		}
	})
	assert.Less(t, journals, int64(loggers*long/2), "%d journals were made, each for one line of %d bytes, and memory in use grew by this many bytes", loggers, long)
	for _, again := range []string{"", ", and then one that was"} {
		lost := kept(func() {
			full = true
			for i := range loggers {
				require.Error(t, l.With("cart").Log(fmt.Sprint(i, strings.Repeat("x", long))))
			}
			if full = again == ""; !full {
				require.NoError(t, l.Log("a line"))
			}
		})
		assert.Less(t, lost, int64(loggers*long/2), "%d lines of %d bytes were not written%s, and memory in use grew by this many bytes", loggers, long, again)
	}
	refused := kept(func() {
		full = true
		require.Error(t, l.Log(strings.Repeat("x", largest)))
	})
	assert.Less(t, refused, int64(largest/10), "a line of %d bytes was not written, and memory in use grew by this many bytes", largest)
	runtime.KeepAlive(l)
	runtime.KeepAlive(inUse)
	runtime.KeepAlive(crowded)
}
