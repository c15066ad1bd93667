package firsterror_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A call uses Download for the parts of its chunk, with the context that it was given. When the
// outer download ends, in whichever way, that context is over, and the inner one returns its Err.
func TestDownloadWithinADownload(t *testing.T) {
	ends := []outerEnd{succeeds, fails, isGivenUp}
	if oracle.Large(t) {
		for _, end := range ends {
			downloadWithin(t, end, life.Beyond(40, 1+rand.IntN(3)), false)
			downloadWithin(t, end, 1, true)
		}
	} else { // a hundred runs are quick
		depth := 1 + rand.IntN(2)
		downloadWithin(t, ends[rand.IntN(3)], depth, depth == 1 && rand.IntN(3) > 0)
	}
}

// outerEnd is how the outer download ends.
type outerEnd string

const (
	succeeds  outerEnd = "has all its chunks"
	fails     outerEnd = "ends with the error of another call"
	isGivenUp outerEnd = "is given up by its caller"
)

// downloadWithin ends the outer download after a minute. One of its calls makes the inner one,
// either at once or when the outer one is over; in that, another call makes one, and so on.
// One that begins late may leave out its calls, so depth is 1 then.
func downloadWithin(t *testing.T, end outerEnd, depth int, late bool) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		hungUp, down := oracle.Sentinel("the line is dead"), oracle.Sentinel("mirror is down")
		gaveUp := []error{context.Canceled, context.DeadlineExceeded, hungUp}[rand.IntN(3)]
		if end == isGivenUp {
			var done func()
			ctx, done = endsWith(ctx, gaveUp, time.Minute)
			defer done()
		}
		f := newFile(2 + rand.IntN(4))
		split, last, stays := f.numbers[0], f.numbers[1], end != succeeds && rand.IntN(2) == 0
		parts := &partsOf{t: t, over: time.Now().Add(time.Minute), end: end, notThis: down}
		_, err := f.download(t, ctx, func(ctx context.Context, number int) error {
			switch {
			case number == split && stays && !late:
				parts.download(ctx, depth, late)
				time.Sleep(time.Hour)
			case number == split:
				go func() {
					if late {
						time.Sleep(2 * time.Minute)
					}
					parts.download(ctx, depth, late)
				}()
			case number == last && end == isGivenUp:
				time.Sleep(time.Hour)
			case number == last:
				time.Sleep(time.Minute)
				if end == fails {
					return down
				}
			}
			return nil
		})
		switch end {
		case succeeds:
			assert.NoError(t, err, "all calls of the outer download succeeded")
		case fails:
			oracle.AssertWraps(t, err, down, "a call of the outer download failed")
		case isGivenUp:
			oracle.AssertWraps(t, err, gaveUp, "the caller of the outer download gave up")
		}
		sleepUntil(parts.over.Add(2 * time.Hour))
		assert.EqualValues(t, depth, parts.back.Load(), "the outer download %s. This is how many of those within it have returned", end)
	})
}

// partsOf is what the downloads within another one have in common.
type partsOf struct {
	t       *testing.T
	over    time.Time // when the outer download ends
	end     outerEnd
	notThis error // what ended the outer download, if a call did
	back    atomic.Int64
}

// download makes a download in which the first call may succeed at once, and the others ignore
// their context. It ends with its caller's context.
func (p *partsOf) download(ctx context.Context, depth int, late bool) {
	f := newFile(2 + rand.IntN(3))
	first, deeper := f.numbers[0], f.numbers[1]
	began := time.Now()
	chunks, err := f.download(p.t, ctx, func(ctx context.Context, number int) error {
		switch {
		case number == first && !late:
			return nil
		case number == deeper && depth > 1:
			p.download(ctx, depth-1, late)
		}
		time.Sleep(time.Hour)
		return nil
	})
	p.back.Add(1)
	if late {
		assert.Equal(p.t, began, time.Now(), "the context with which Download was called was over, and it has not returned at once")
		f.assertHas(p.t, chunks, nil, "no chunk has come")
	} else {
		said := "Download must return at the moment its caller's context ends"
		if time.Now().Before(p.over) {
			said = "no call of the outer download has failed, nor has its caller given up, so the context of its calls is not over yet, not even of one that has returned. " +
				"An inner download that has it ends too early"
		}
		assert.Equal(p.t, p.over, time.Now(), said)
		f.assertHas(p.t, chunks, f.numbers[:1], "beside the error come the chunks until then")
	}
	story := "a call made another Download, with the context that it was given. The outer one " + string(p.end) + ", so that context is over. " +
		"For the inner one, that is its caller's context. What does it mistake the end of that context for?"
	if assert.Error(p.t, err, story) {
		oracle.AssertWraps(p.t, err, ctx.Err(), story)
		assert.NotErrorIs(p.t, err, p.notThis, "%s", story)
	}
}
