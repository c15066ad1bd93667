package firsterror_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"heisenkata/exercises/05-leaks/03-first-error"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A script is a download and what each of its calls does.
type script struct {
	caller  int
	numbers []int
	answers map[int]answer
	meets   bool // no call returns before all have begun
}

// An answer is what one call returns, and when.
type answer struct {
	when  moment
	chunk []byte
	err   error
}

type moment string

const (
	atOnce      moment = ""
	afterPause  moment = "slowly " // if the call is held: once the other goroutines are done
	withContext moment = "when its context is over "
	tooLate     moment = "after Download has returned " // it ignores its context
)

func someScript(r *rand.Rand, caller int, moments ...moment) *script {
	s := &script{caller: caller, answers: map[int]answer{}, meets: caller == neverGivingUp && r.IntN(2) == 0}
	numbers := []int{0, 1, 2, 7, -1, math.MaxInt, math.MinInt}
	r.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	s.numbers = numbers[:r.IntN(4)]
	for i, number := range s.numbers {
		a := answer{when: moments[r.IntN(len(moments))]}
		a.chunk = [][]byte{fmt.Appendf(nil, "chunk %d", number), []byte("zeros"), []byte("zeros"), {}, nil}[r.IntN(5)]
		if r.IntN(2) == 0 && a.when != withContext {
			a.err = someFailure(r, i)
		}
		s.answers[number] = a
	}
	return s
}

// someFailure returns an error of a call's own, even if it looks like a context's.
func someFailure(r *rand.Rand, i int) error {
	own := oracle.Sentinel("status %d", 500+i)
	return []error{
		own,
		fmt.Errorf("get: %w", life.Trouble(r, "status 500")),
		fmt.Errorf("%w: %w", own, context.DeadlineExceeded),
		fmt.Errorf("%w: %w", own, context.Canceled),
	}[r.IntN(4)]
}

func (s *script) has(when moment) bool {
	return slices.ContainsFunc(s.numbers, func(number int) bool { return s.answers[number].when == when })
}

// fails reports whether some call fails by itself, without waiting for Download to return.
func (s *script) fails() bool {
	return slices.ContainsFunc(s.numbers, func(number int) bool {
		a := s.answers[number]
		return a.err != nil && a.when != tooLate
	})
}

// String formats the download as a caller would write it, with what its calls return.
func (s *script) String() string {
	var calls []string
	for _, number := range s.numbers {
		a := s.answers[number]
		text := fmt.Sprintf("%q", a.chunk)
		switch {
		case a.when == withContext:
			text = "an error"
		case a.err != nil:
			text = fmt.Sprintf("the error “%v”", a.err)
		}
		calls = append(calls, fmt.Sprintf("%d: %s%s", number, a.when, text))
	}
	if s.meets {
		calls = append(calls, "all at once")
	}
	return fmt.Sprintf("Download(ctx%c) [%s]", 'A'+s.caller, strings.Join(calls, "; "))
}

type key string

// A running download records and checks its calls.
type running struct {
	*script
	t        testing.TB
	caller   context.Context
	pause    func()
	meeting  *oracle.Meeting
	returned chan struct{} // closed when Download has returned

	mu       sync.Mutex
	over     bool                    // Download has returned
	failed   bool                    // a call has failed, so the contexts of the others may be over
	contexts map[int]context.Context // of the calls that have begun
	underWay map[int]bool            // the calls that are running
	come     map[int]bool            // the calls that have succeeded
	told     []error                 // what calls returned whose contexts were over
}

// download calls Download and describes its result.
func (l *launcher) download(s *script, m contract.Moments) string {
	d := &running{script: s, t: l.t, caller: l.callers[s.caller].ctx, pause: m.Pause, returned: make(chan struct{}),
		meeting:  oracle.NewMeeting(max(1, len(s.numbers))),
		contexts: map[int]context.Context{}, underWay: map[int]bool{}, come: map[int]bool{}}
	defer close(d.returned)
	given := slices.Clone(s.numbers)
	chunks, err := firsterror.Download(context.WithValue(d.caller, key("download"), d), given, d.get)
	text := d.said(chunks, err)
	if !slices.Equal(given, s.numbers) {
		d.complain("it changed its caller's numbers to %v", given)
	}
	for i := range given { // the list is the caller's again
		given[i] = 5
	}
	d.use(chunks)
	return text
}

// use does with the chunks what their owner may do: it writes to each, and appends to it.
func (d *running) use(chunks map[int][]byte) {
	numbers := slices.Sorted(maps.Keys(chunks))
	var before [][]byte
	for _, number := range numbers {
		before = append(before, slices.Clone(chunks[number]))
	}
	for i, number := range numbers {
		whole := chunks[number][:cap(chunks[number])] // append writes behind the end
		for k := range whole {
			whole[k] = 0 // the race detector does not see what clear writes
		}
		for j, other := range numbers[i+1:] {
			if !slices.Equal(chunks[other], before[i+1+j]) {
				d.complain("its caller has changed or extended chunk %d, and chunk %d changed, too", number, other)
				break
			}
		}
	}
	clear(chunks)
	d.t.Cleanup(func() {
		if oracle.AllBlocked() && len(chunks) > 0 {
			d.complain("its caller emptied the map that it returned, and later there were chunks in it again: %v", slices.Sorted(maps.Keys(chunks)))
		}
	})
}

// said describes what Download returned.
func (d *running) said(chunks map[int][]byte, err error) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	for number, ctx := range d.contexts {
		switch {
		case ctx.Err() != nil:
		case d.underWay[number]:
			d.complain("it returned while call %d was under way, and the context of that call is not over", number)
		default:
			d.complain("it returned, and the context of call %d, which had ended, is not over", number)
		}
	}
	oracle.AssertHonest(d.t, err, "an error")
	for number, chunk := range chunks {
		if a := d.answers[number]; !d.come[number] || string(a.chunk) != string(chunk) {
			d.complain("it returned %q for chunk %d, which has not come, or was another", chunk, number)
		}
	}
	return d.end(chunks, err)
}

func (d *running) end(chunks map[int][]byte, err error) string {
	own := func(number int) bool {
		return d.contexts[number] != nil && !d.underWay[number] && d.answers[number].err != nil && errors.Is(err, d.answers[number].err)
	}
	switch {
	case err == nil && len(chunks) == len(d.numbers):
		return allHaveCome
	case err == nil:
		return fmt.Sprintf("no error, and only chunks %v", slices.Sorted(maps.Keys(chunks)))
	case slices.ContainsFunc(d.numbers, own):
		return aFailure
	case d.caller.Err() != nil && errors.Is(err, d.caller.Err()), d.caller.Err() != nil && d.isTold(err):
		return callerGaveUp
	case d.isTold(err):
		return fmt.Sprintf("the error of a call that failed only because Download had cancelled it: “%v”", err)
	}
	return fmt.Sprintf("the error “%v”", err)
}

// isTold reports whether err is that of a call that failed because its context was over.
func (d *running) isTold(err error) bool {
	return slices.ContainsFunc(d.told, func(told error) bool { return errors.Is(err, told) })
}

// complain reports an error in the download, even if the test has ended.
func (d *running) complain(format string, args ...any) {
	text := d.String() + ": " + fmt.Sprintf(format, args...)
	if d.t.Context().Err() != nil {
		panic(text)
	}
	d.t.Error(text)
}

// get makes one call of the download.
func (d *running) get(ctx context.Context, number int) ([]byte, error) {
	if ctx.Value(key("download")) != d {
		d.complain("the context of a call does not carry the values of the caller's context")
	}
	a := d.begin(ctx, number)
	if d.meets {
		d.meeting.Arrive()
	}
	switch a.when {
	case afterPause:
		d.pause()
	case tooLate:
		<-d.returned
	case withContext:
		<-ctx.Done()
		a.err = fmt.Errorf("call %d: %w", number, ctx.Err())
	}
	d.ends(ctx, number, a)
	return slices.Clone(a.chunk), a.err
}

func (d *running) begin(ctx context.Context, number int) answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.answers[number]
	switch {
	case !ok:
		d.complain("it calls get for %d", number)
	case d.contexts[number] != nil:
		d.complain("it calls get for %d twice", number)
	case d.over && ctx.Err() == nil:
		d.complain("it has returned, and makes a call whose context is not over")
	}
	d.contexts[number], d.underWay[number] = ctx, true
	return a
}

// ends records how a call ends. Its context may be over only if the caller's is, if a call has failed,
// or if Download has returned.
func (d *running) ends(ctx context.Context, number int, a answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() != nil && d.caller.Err() == nil && !d.failed && !d.over {
		d.complain("the context of a call is over, although no call has failed and the caller has not cancelled")
	}
	delete(d.underWay, number)
	switch {
	case a.when == withContext:
		d.told = append(d.told, a.err)
		d.failed = true
	case a.err != nil:
		d.failed = true
	default:
		d.come[number] = true
	}
}
