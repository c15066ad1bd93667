package ledgertransfer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/06-deadlocks/03-ledger-transfer"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// Two orders wait for their fees, and calls of all kinds wait behind them. Then one order is
// booked or refused. The calls whose accounts are free now continue, however many wait
// ahead of them that cannot.
func TestFreeAccountsAreNotPassedOver(t *testing.T) {
	r := oracle.Random(t)
	behindTwoOrders(t, r, 6, 1, true)
	behindTwoOrders(t, r, 1+r.IntN(6), 1, true)
	behindTwoOrders(t, r, 1+r.IntN(6), 1+r.IntN(3), false)
	if oracle.Large(t) {
		for _, n := range life.Sizes(r, 100) {
			behindTwoOrders(t, r, n+3, 1, true)
		}
	}
}

// A waiting call needs two accounts, or one if it is a Balance.
type waitingCall struct {
	from, to int
	looks    bool // Balance
	goes     bool // once the first order is booked
	back     atomic.Bool
}

func (c *waitingCall) String() string {
	if c.looks {
		return fmt.Sprintf("Balance(%d)", c.from)
	}
	return fmt.Sprintf("Transfer(%d, %d)", c.from, c.to)
}

// behindTwoOrders has calls wait: some transfers that stay until the second order is booked,
// some that continue once the first one is, and a Balance of each kind. If last is true, those
// that continue arrive after all the others.
func behindTwoOrders(t *testing.T, r *rand.Rand, stay, more int, last bool) {
	t.Helper()
	down := r.IntN(2) == 0 // all from a higher number to a lower one, or the reverse, so that it is about nothing else
	ids := r.Perm(4 + stay + more)
	first, second, own := ids[:2], ids[2:4], ids[4:]
	calls := []*waitingCall{{from: second[r.IntN(2)], looks: true}, {from: first[1], looks: true, goes: true}}
	for i := range stay + more {
		c := &waitingCall{from: second[r.IntN(2)], to: own[i]}
		switch kind := r.IntN(3); {
		case i >= stay: // shares an account with the first order, and none with those that stay
			c.from, c.goes = first[1], true
		case kind == 0 || i < 2: // waits for both orders
			c.to = first[0]
		case kind == 1:
			c.from, c.to = second[0], second[1]
		}
		if c.from > c.to != down {
			c.from, c.to = c.to, c.from
		}
		calls = append(calls, c)
	}
	r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	if last {
		slices.SortStableFunc(calls, func(a, b *waitingCall) int {
			switch {
			case a.goes == b.goes:
				return 0
			case b.goes:
				return -1
			}
			return 1
		})
	}

	b := open(t, slices.Repeat([]int64{1_000_000}, len(ids))...)
	amount, refused := int64(100), r.IntN(3) == 0
	if refused {
		amount = 2_000_000
	}
	release, later := b.holdPair(first, down, amount, refused), b.holdPair(second, down, 100, false)
	for _, c := range calls {
		b.run(func() {
			if c.looks {
				b.Balance(c.from)
			} else {
				assert.NoError(t, b.Transfer(c.from, c.to, 1), "%v", c)
			}
			c.back.Store(true)
		})
	}
	release()
	b.settle()
	for _, c := range calls {
		require.True(t, c.back.Load() || !c.goes, "orders wait for their fees: one holds accounts %d, the other %d. These calls came, one after the other: %v. "+
			"Then the fee of the first order was known, and all accounts of %v are free. But it still sleeps. Which calls were woken?",
			first, second, calls, c)
	}
	later()
	b.finish("all fees are known, but a transfer does not end")
}

// holdPair starts an order between two accounts, whose fee is unknown until release is
// called. Then it is booked, or refused because the account has too little.
func (b *bank) holdPair(accounts []int, down bool, amount int64, refused bool) (release func()) {
	from, to := accounts[0], accounts[1]
	if from > to != down {
		from, to = to, from
	}
	gate := make(chan struct{})
	b.mu.Lock()
	b.gates[[2]int{from, to}] = gate
	b.mu.Unlock()
	b.run(func() {
		err := b.Transfer(from, to, amount)
		if refused {
			assert.ErrorIs(b.t, err, ledgertransfer.ErrFunds)
		} else {
			assert.NoError(b.t, err)
		}
	})
	return func() { close(gate) }
}
