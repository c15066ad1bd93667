package ledgertransfer_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/03-ledger-transfer"
	"heisenkata/exercises/internal/oracle"
)

func free(ledgertransfer.Order) (int64, error) { return 0, nil }

// Two accounts pay each other.
func TestScheduleOppositeTransfers(t *testing.T) {
	ledger := ledgertransfer.New(free, 100, 100)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 10)) })
	group.Go(func() { assert.NoError(t, ledger.Transfer(1, 0, 30)) })
	group.Wait()
	assert.Equal(t, int64(120), ledger.Balance(0))
	assert.Equal(t, int64(80), ledger.Balance(1))
}

// Three accounts pay each other in a ring.
func TestScheduleRing(t *testing.T) {
	ledger := ledgertransfer.New(free, 100, 100, 100)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 10)) })
	group.Go(func() { assert.NoError(t, ledger.Transfer(1, 2, 20)) })
	assert.NoError(t, ledger.Transfer(2, 0, 30))
	group.Wait()
	assert.Equal(t, int64(120), ledger.Balance(0))
	assert.Equal(t, int64(90), ledger.Balance(1))
	assert.Equal(t, int64(90), ledger.Balance(2))
}

// An audit during one transfer or many, all of the same amount,
// back and forth.
func TestScheduleTransferAndAudit(t *testing.T) {
	more := []int{0, 0, 1, 12}[rand.IntN(4)]
	ledger := ledgertransfer.New(free, 100, 100)
	var group sync.WaitGroup
	group.Go(func() {
		balances, fees := ledger.Audit()
		assert.Equal(t, int64(200), balances+fees, "the audit saw half of a transfer")
	})
	assert.NoError(t, ledger.Transfer(1, 0, 30))
	for range more {
		assert.NoError(t, ledger.Transfer(0, 1, 30))
		assert.NoError(t, ledger.Transfer(1, 0, 30))
	}
	group.Wait()
	assert.Equal(t, int64(130), ledger.Balance(0))
}

// Money moves from one account to the other. A reader that looks at the payer and then at
// the payee finds all of it, or what was moved meanwhile twice, but never less; one that looks
// at the payee first never finds more.
func TestScheduleTransferAndBalances(t *testing.T) {
	ledger := ledgertransfer.New(free, 100, 100)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 30)) })
	const inTwoSteps = "one account showed that a transfer had been booked, and then the other showed that it had not"
	if oracle.Random(t).IntN(2) == 0 {
		first := ledger.Balance(0)
		second := ledger.Balance(1)
		assert.GreaterOrEqual(t, first+second, int64(200), inTwoSteps)
	} else {
		first := ledger.Balance(1)
		second := ledger.Balance(0)
		assert.LessOrEqual(t, first+second, int64(200), inTwoSteps)
	}
	group.Wait()
}

// Two accounts pay each other, and one of the transfers makes the poorer account
// the richer one.
func TestScheduleFortunesChange(t *testing.T) {
	ledger := ledgertransfer.New(free, 100, 110)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 10)) })
	group.Go(func() { assert.NoError(t, ledger.Transfer(1, 0, 30)) })
	assert.NoError(t, ledger.Transfer(0, 1, 20))
	group.Wait()
	assert.Equal(t, int64(100), ledger.Balance(0))
	assert.Equal(t, int64(110), ledger.Balance(1))
}

// The fee of one transfer is known only after a transfer between other accounts is
// booked. A third one waits for the first.
func TestScheduleDisjointTransfers(t *testing.T) {
	booked := make(chan struct{})
	fee := func(o ledgertransfer.Order) (int64, error) {
		if o.Amount == 10 {
			<-booked
		}
		return 0, nil
	}
	ledger := ledgertransfer.New(fee, 100, 100, 100, 100)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 10)) })
	group.Go(func() { assert.NoError(t, ledger.Transfer(0, 1, 20)) })
	assert.NoError(t, ledger.Transfer(2, 3, 30))
	close(booked)
	group.Wait()
	assert.Equal(t, int64(70), ledger.Balance(0))
	assert.Equal(t, int64(130), ledger.Balance(3))
}
