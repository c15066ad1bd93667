package ledgertransfer_test

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

// lateTransfers is how many transfers come after the last audit at most.
const lateTransfers = 40

// everyAuditEnds has several audits wait, and transfers of other accounts come before and
// after each of them. Then the fees come in, one by one, and before each another transfer asks
// for its own, of two other pairs of accounts in turn, unless one is kept waiting there. Each
// audit waits for the transfers that came first, for those that earlier audits have kept
// waiting, and for two more at most.
func everyAuditEnds(t *testing.T) {
	t.Helper()
	came := make([]int, 2+rand.IntN(3)) // transfers after each audit
	pairs := 3
	for i := range came {
		came[i] = rand.IntN(3)
		pairs += came[i]
	}
	ids := rand.Perm(2 * pairs)
	b := open(t, slices.Repeat([]int64{1_000_000}, len(ids))...)
	var releases []func()
	begun := map[int]int{}
	pair := func(i int) (from, to int) { return min(ids[2*i], ids[2*i+1]), max(ids[2*i], ids[2*i+1]) } // in order, so that it is about nothing else
	transfer := func(i int) {
		if from, to := pair(i); begun[i] == b.asks(from, to) {
			releases = append(releases, b.hold(from, to, 100))
			begun[i]++
		}
	}
	var ended atomic.Int64
	transfer(0)
	for _, n := range came {
		b.run(func() {
			b.Audit()
			ended.Add(1)
		})
		for range n {
			transfer(len(releases))
		}
	}
	early, released := len(releases), 0
	for ; int(ended.Load()) < len(came) && released < min(len(releases), early+lateTransfers); released++ {
		transfer(early + released%2)
		releases[released]()
		b.settle()
	}
	assert.EqualValues(t, len(came), ended.Load(), "this many of %d audits have returned. They waited at the same time, with %d transfers. All of these "+
		"are booked now, and %d that came after them; but there was always one that waited for its fee. What does a transfer wait for?", len(came), early, released-early)
	for _, release := range releases[released:] {
		release()
	}
	b.finish("all fees are known, but a transfer or an audit does not end")
}
