package firsterror_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// The same contract, tested with an exact clock. No two events coincide: each download has
// exactly one right result, at one moment.
func TestDownloadsKeepTime(t *testing.T) {
	r := oracle.Random(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) { keepTime(t, ctx, r, 5+r.IntN(5), 20) })
	}, "these downloads should run concurrently, but one waits for another")
}

// Two downloads of a few chunks.
func TestScheduleDownloadsKeepTime(t *testing.T) {
	r := oracle.Random(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) { keepTime(t, ctx, r, 1+r.IntN(2), 3) })
	}, "these downloads should run concurrently, but one waits for another")
}

// keepTime runs downloads of up to most chunks at the same time.
func keepTime(t *testing.T, ctx context.Context, r *rand.Rand, parties, most int) {
	var group sync.WaitGroup
	downloads := make([]*timed, parties)
	for i := range downloads {
		d := someTimed(t, r, r.IntN(most+1))
		if i == 0 { // one at least fails
			d = someTimed(t, r, 1+r.IntN(most))
			d.fail(d.file.numbers[0], oracle.Sentinel("mirror is down"))
		}
		downloads[i] = d
		group.Go(func() { d.run(ctx) })
	}
	group.Wait()
	time.Sleep(time.Duration(2*most+3) * time.Second) // all calls have ended by then
	for _, d := range downloads {
		d.assertIsOver()
	}
}

// A timed download is cancelled and its calls end at moments that are known in advance.
type timed struct {
	t        *testing.T
	file     *file
	calls    map[int]timedCall
	patience time.Duration // the caller's context ends after this time; 0: never
	end      error         // with which the caller's context ends
	chunks   map[int][]byte

	mu       sync.Mutex
	contexts []context.Context // of all calls so far
}

type timedCall struct {
	takes  time.Duration
	heeds  bool // returns as soon as its context is over
	result error
}

func someTimed(t *testing.T, r *rand.Rand, n int) *timed {
	d := &timed{t: t, file: newFile(n), calls: map[int]timedCall{}}
	failing := r.IntN(n + 1)
	for i, place := range r.Perm(n) {
		c := timedCall{takes: time.Duration(place+1) * time.Second, heeds: r.IntN(2) == 0}
		if r.IntN(n) < failing {
			c.result = someFailure(r, i)
		}
		d.calls[d.file.numbers[i]] = c
	}
	if r.IntN(2) == 0 {
		d.patience = time.Duration(r.IntN(n+2))*time.Second + time.Second/2
		d.end = []error{context.Canceled, context.DeadlineExceeded, life.Failure("the line is dead")}[r.IntN(3)]
	}
	return d
}

// fail lets a call fail.
func (d *timed) fail(number int, with error) {
	c := d.calls[number]
	c.result = with
	d.calls[number] = c
}

// owed returns when Download must return, its error, and the numbers of its chunks.
func (d *timed) owed() (after time.Duration, err error, come []int) {
	order := slices.Clone(d.file.numbers)
	slices.SortFunc(order, func(a, b int) int { return int(d.calls[a].takes - d.calls[b].takes) })
	for _, number := range order {
		c := d.calls[number]
		if d.patience > 0 && d.patience < c.takes {
			return d.patience, d.end, come
		}
		if after = c.takes; c.result != nil {
			return after, c.result, come
		}
		come = append(come, number)
	}
	return after, nil, come
}

func (d *timed) run(ctx context.Context) {
	if d.patience > 0 {
		var done func()
		ctx, done = endsWith(ctx, d.end, d.patience)
		defer done()
	}
	began := time.Now()
	chunks, err := d.file.download(d.t, ctx, d.call)
	took := time.Since(began)
	d.chunks = chunks
	after, want, come := d.owed()
	assert.Equal(d.t, after, took.Round(time.Microsecond), // the explorer sets alarms of the same moment apart
		"%s\nDownload returned at the wrong moment", d)
	story := d.String()
	if want == nil {
		assert.NoError(d.t, err, story)
	} else {
		oracle.AssertWraps(d.t, err, want, story)
	}
	d.file.assertHas(d.t, chunks, come, d.String())
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ctx := range d.contexts {
		if ctx.Err() == nil {
			d.t.Errorf("%s\nDownload has returned, but the context of a call is not over", d)
		}
	}
}

func (d *timed) call(ctx context.Context, number int) error {
	d.mu.Lock()
	d.contexts = append(d.contexts, ctx)
	d.mu.Unlock()
	c := d.calls[number]
	if !c.heeds {
		time.Sleep(c.takes)
		return c.result
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("call %d: %w", number, ctx.Err())
	case <-time.After(c.takes):
		return c.result
	}
}

// assertIsOver fails the test if, long after the download, its result has changed or a
// call is missing.
func (d *timed) assertIsOver() {
	_, _, come := d.owed()
	d.file.assertHas(d.t, d.chunks, come, d.String()+"\nAll calls have ended since")
	d.file.assertAsked(d.t)
}

func (d *timed) String() string {
	var calls []string
	for number, c := range d.calls {
		what := "succeeds"
		if c.result != nil {
			what = fmt.Sprintf("fails with “%v”", c.result)
		}
		calls = append(calls, fmt.Sprintf("%d %s after %v", number, what, c.takes))
	}
	slices.Sort(calls)
	text := "The calls of a download: " + strings.Join(calls, ", ") + "."
	if d.patience > 0 {
		text += fmt.Sprintf(" The caller's context ends after %v, with “%v”.", d.patience, d.end)
	}
	return text
}
