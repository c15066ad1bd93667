package ledgertransfer_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/06-deadlocks/03-ledger-transfer"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// One after the other, no transfer waits for another.
func TestTransfersOneByOne(t *testing.T) {
	b := open(t, 1000, 2000, 3000)
	b.transfer(0, 1, 100)
	b.transfer(1, 2, 200)
	b.transfer(2, 0, 300)
	b.finish("each of these transfers began after the one before had ended")
	assert.Equal(t, 1200-b.price, b.Balance(0))
	assert.Equal(t, 1900-b.price, b.Balance(1))
	assert.Equal(t, 2900-b.price, b.Balance(2))
	require.Len(t, b.asked, 3, "three orders, so three fees to ask for")
	assert.Equal(t,
		ledgertransfer.Order{From: 2, To: 0, Amount: 300, FromBalance: 3200, ToBalance: 900 - b.price}, b.asked[2],
		"the balances that the fee of the third transfer is based on")

	balances, fees := b.Audit()
	assert.Equal(t, 6000-3*b.price, balances)
	assert.Equal(t, 3*b.price, fees)
	assertAnyAmount(t)
}

// assertAnyAmount fails t unless amounts and fees may have every magnitude. No sum of them is
// more than an int64 holds.
func assertAnyAmount(t *testing.T) {
	t.Helper()
	random := oracle.Random(t)
	for bits := range 62 {
		amount, price, there := int64(1)<<bits+random.Int64N(1<<bits), int64(1)<<random.IntN(bits+1), random.Int64N(1<<bits)
		ledger := ledgertransfer.New(func(ledgertransfer.Order) (int64, error) { return price, nil }, amount+price, there)
		oracle.AssertWraps(t, ledger.Transfer(0, 1, amount+1), ledgertransfer.ErrFunds, "the account holds one less than the amount and the fee")
		require.NoError(t, ledger.Transfer(0, 1, amount), "the account holds %d, for a transfer of %d and a fee of %d", amount+price, amount, price)
		balances, fees := ledger.Audit()
		got := []int64{ledger.Balance(0), ledger.Balance(1), balances, fees}
		require.Equal(t, []int64{0, there + amount, there + amount, price}, got, "%d has been transferred, with a fee of %d, to an account of %d: both balances, and the sums of balances and of fees", amount, price, there)
	}
}

// A refused order changes nothing and leaves nothing locked.
func TestRefusedOrderBooksNothing(t *testing.T) {
	b := open(t, 500, 500)
	asked := oracle.Sentinel("no tariff for this customer")
	refusing := ledgertransfer.New(func(ledgertransfer.Order) (int64, error) { return 0, asked }, 500, 500)
	b.run(func() {
		for _, way := range [][2]int{{0, 1}, {1, 0}, {0, 1}} {
			err := refusing.Transfer(way[0], way[1], 10)
			oracle.AssertWraps(t, err, asked, "Transfer must return the error of Fee")
			assert.NotErrorIs(t, err, ledgertransfer.ErrFunds, "there was enough money")
		}
		assert.Equal(t, int64(500), refusing.Balance(0), "the order was refused")
		assert.Equal(t, int64(500), refusing.Balance(1), "the order was refused")

		oracle.AssertWraps(t, b.Transfer(0, 1, 501), ledgertransfer.ErrFunds, "the balance is 500, for a transfer of 501 and a fee")
		oracle.AssertWraps(t, b.Transfer(1, 0, 500), ledgertransfer.ErrFunds, "the balance is 500, for a transfer of 500 and a fee")
		assert.NoError(t, b.Transfer(0, 1, 500-b.price), "there is enough for the amount and the fee")
	})
	b.finish("a transfer waits after earlier ones were refused. Did one of those keep an account locked?")
	assert.Equal(t, int64(0), b.Balance(0))
	assert.Equal(t, 1000-b.price, b.Balance(1))
}

// A transfer to the account it comes from needs that account once.
func TestTransferToItself(t *testing.T) {
	b := open(t, 1000, 1000)
	b.transfer(1, 1, 100)
	b.finish("a transfer from an account to itself waits for an account that it holds")
	assert.Equal(t, 1000-b.price, b.Balance(1), "a transfer to itself is an order like any other: it costs a fee, and the amount stays")
	assert.Equal(t, []ledgertransfer.Order{{From: 1, To: 1, Amount: 100, FromBalance: 1000, ToBalance: 1000}}, b.asked)

	release := b.hold(0, 0, 100)
	b.transfer(0, 1, 100)
	assert.False(t, b.wasAsked(0, 1),
		"a transfer to itself holds account 0, but another transfer from that account is not kept waiting")
	release()
	b.finish("a transfer from an account to itself has ended, but the next transfer does not continue")
	assert.Equal(t, 900-2*b.price, b.Balance(0))
}

// p pays q while q pays p. Both transfers need the same two accounts, and a third one,
// whose fee takes long, makes both of them wait for p.
func TestOppositeTransfers(t *testing.T) {
	ids := rand.Perm(5)
	for _, pair := range [][2]int{{ids[0], ids[1]}, {ids[1], ids[0]}} {
		p, q, other := pair[0], pair[1], ids[2]
		b := open(t, 1000, 1000, 1000, 1000, 1000)
		release := b.hold(p, other, 100)
		b.transfer(p, q, 10)
		b.transfer(q, p, 20)
		release()
		b.finish("one transfer goes from p to q, one from q to p, and neither returns. " +
			"Which account does each hold, and which does it wait for?")
		assert.Equal(t, 1000-100-10+20-2*b.price, b.Balance(p))
		assert.Equal(t, 1000+10-20-b.price, b.Balance(q))
	}
	oppositeTransfersFarApart(t)
}

// The same, for accounts whose numbers have much in common: their last digits or
// their last bits.
func oppositeTransfersFarApart(t *testing.T) {
	t.Helper()
	apart := []int{1 << (1 + rand.IntN(10))}
	if oracle.Large(t) {
		apart = []int{10, 16, 32, 64, 100, 128, 256, 512, 1000, 1024, 1 << 15, 1 << 16}
	}
	balances := slices.Repeat([]int64{1000}, 1024+slices.Max(apart))
	for _, apart := range apart {
		p := rand.IntN(1024)
		for _, pair := range [][2]int{{p, p + apart}, {p + apart, p}} {
			b := open(t, balances...)
			release := b.hold(pair[0], len(balances)-1, 100)
			b.transfer(pair[0], pair[1], 10)
			b.transfer(pair[1], pair[0], 20)
			release()
			b.finish("two accounts whose numbers have much in common pay each other. Neither transfer returns. " +
				"Which of the two accounts is locked first?")
		}
	}
}

// The first account pays the second, the second the third, and the last the first.
func TestTransfersInARing(t *testing.T) {
	ids := rand.Perm(7)
	ring := ids[:3+rand.IntN(3)]
	b := open(t, 1000, 1000, 1000, 1000, 1000, 1000, 1000)
	release := b.hold(ring[0], ids[6], 100)
	b.transfer(ring[0], ring[1], 10)
	for i := len(ring) - 1; i > 0; i-- {
		b.transfer(ring[i], ring[(i+1)%len(ring)], 10)
	}
	release()
	b.finish("each account in a ring pays the next. " +
		"No two of these transfers use the same two accounts, but they still wait for each other")
	assert.Equal(t, 900-2*b.price, b.Balance(ring[0]))
	for _, id := range ring[1:] {
		assert.Equal(t, 1000-b.price, b.Balance(id), "it paid 10 and a fee, and received 10")
	}
}

// p and q pay each other. While these transfers wait, q becomes poorer or richer than p.
func TestBalancesChangeWhileTransfersWait(t *testing.T) {
	ids := rand.Perm(4)
	p, q, bank, other := ids[0], ids[1], ids[2], ids[3]
	for _, richer := range []bool{false, true} {
		balances := make([]int64, 4)
		balances[p], balances[q], balances[bank], balances[other] = 1000, 5000, 10_000, 1000
		if richer {
			balances[p], balances[q] = 5000, 1000
		}
		b := open(t, balances...)
		release := b.hold(p, other, 10)
		b.transfer(p, q, 10)
		if richer {
			b.transfer(bank, q, 8000)
		} else {
			b.transfer(q, bank, 4900)
		}
		b.transfer(q, p, 10)
		release()
		b.finish("p and q pay each other, and q's balance changed while they waited. " +
			"Can anything change that decides which account is locked first?")
		assert.Equal(t, balances[p]-10-2*b.price, b.Balance(p))
	}
}

// An audit needs all accounts while a transfer needs two of them, in the
// opposite order.
func TestAuditIsASnapshot(t *testing.T) {
	for _, held := range []struct{ busy, busyToo, from, to int }{{2, 4, 3, 0}, {2, 0, 1, 4}} {
		b := open(t, 5000, 4000, 3000, 2000, 1000)
		var balances, fees int64
		release := b.hold(held.busy, held.busyToo, 10)
		b.run(func() { balances, fees = b.Audit() })
		b.transfer(held.from, held.to, 100+rand.Int64N(100))
		release()
		b.finish("an audit and a transfer wait for each other. In which order does each of them lock accounts?")
		assert.Equal(t, int64(15_000), balances+fees,
			"the ledger was opened with 15000, the audit found %d and %d in fees: it saw half of a transfer",
			balances, fees)
	}
}

// An audit begins during a transfer, and then the transfer continues.
func TestAuditSeesNoMoneyOnTheWay(t *testing.T) {
	for _, way := range [][2]int{{3, 0}, {0, 3}} {
		b := open(t, 4000, 3000, 2000, 1000)
		var balances, fees int64
		release := b.hold(way[0], way[1], 100+rand.Int64N(100))
		b.run(func() { balances, fees = b.Audit() })
		release()
		b.finish("the fee of the only transfer is known, but either the transfer or the audit does not return")
		assert.Equal(t, int64(10_000), balances+fees,
			"the ledger was opened with 10000, the audit found %d and %d in fees: "+
				"money had left one account and not yet arrived in the other", balances, fees)
	}
}

// Once all the fees that an audit may wait for are known, a transfer that begins later does
// not keep it from returning.
func TestAuditEnds(t *testing.T) {
	ids := rand.Perm(4)
	slices.Sort(ids[:2]) // so that it is about nothing else
	slices.Sort(ids[2:])
	p, q, r, s := ids[0], ids[1], ids[2], ids[3]
	b := open(t, 1000, 1000, 1000, 1000)
	awaited := b.hold(p, q, 100)
	var ended atomic.Bool
	b.run(func() {
		b.Audit()
		ended.Store(true)
	})
	meanwhile := b.hold(r, s, 100)
	awaited()
	b.settle()
	later := b.hold(p, q, 100)
	meanwhile()
	b.settle()
	assert.True(t, ended.Load(), "an audit waited for a fee, and for another that was asked for meanwhile. Both are known now, "+
		"but the audit also waits for a transfer that has begun since. If there is always one, it never ends")
	later()
	b.finish("all fees are known, but a transfer or the audit does not end")
	if oracle.Large(t) { // it takes long
		everyAuditEnds(t)
	}
}

// An audit of many accounts ends, although transfers keep coming. There is a single processor,
// and each of the two goroutines has it for some milliseconds at a time. An audit that begins again
// because a transfer was booked meanwhile does so each time, if it takes longer than that.
func TestAuditEndsInABusyHour(t *testing.T) {
	const most = 500_000 // transfers: one takes about as long as an audit does for a few accounts
	n := 1000
	if oracle.Large(t) {
		n = 250_000
	}
	ledger := ledgertransfer.New(free, make([]int64, n)...)
	var ended atomic.Bool
	booked := 0
	oracle.Within(t, func() {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var group sync.WaitGroup
		group.Go(func() {
			for ; !ended.Load() && booked < most; booked++ {
				from := rand.IntN(n - 1)
				_ = ledger.Transfer(from, from+1, 0)
			}
		})
		group.Go(func() {
			_, _ = ledger.Audit()
			ended.Store(true)
		})
		group.Wait()
	}, "an audit and a transfer wait for each other")
	assert.Less(t, booked, most, "transfers keep coming, one after the other. %d have been booked since an audit of %d accounts has begun, and it has not ended: "+
		"what does it wait for, or what makes it begin again?", booked, n)
}

// Transfers that share no account run at the same time, however
// many there are.
func TestDisjointTransfersMeet(t *testing.T) {
	if oracle.Large(t) {
		allMeet(t, oracle.Many())
	}
	ids := rand.Perm(2 * (4 + rand.IntN(12)))
	balances := make([]int64, len(ids))
	for i := range balances {
		balances[i] = 1000
	}
	b := open(t, balances...)
	var releases []func()
	for i := 0; i < len(ids); i += 2 {
		releases = append(releases, b.hold(ids[i], ids[i+1], 100))
	}
	for i := 0; i < len(ids); i += 2 {
		require.True(t, b.wasAsked(ids[i], ids[i+1]),
			"%d transfers between %d accounts, and one of them waits for the fee of another. "+
				"Which of them should wait for which?", len(ids)/2, len(ids))
	}
	for _, release := range releases {
		release()
	}
	b.finish("transfers that share no account did not all end")
	for i := 0; i < len(ids); i += 2 {
		assert.Equal(t, 900-b.price, b.Balance(ids[i]))
		assert.Equal(t, int64(1100), b.Balance(ids[i+1]))
	}
}

// allMeet runs n transfers that share no account. No fee is known before all are asked for.
func allMeet(t *testing.T, n int) {
	meeting := oracle.NewMeeting(n)
	fee := func(ledgertransfer.Order) (int64, error) {
		meeting.Arrive()
		return 0, nil
	}
	ledger := ledgertransfer.New(fee, slices.Repeat([]int64{1}, 2*n)...)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() { assert.NoError(t, ledger.Transfer(2*i, 2*i+1, 1)) })
		}
		group.Wait()
	}, fmt.Sprintf("%d transfers between %d accounts, and one of them waits for the fee of another. "+
		"Which of them should wait for which?", n, 2*n))
}

// In a ledger of any size, held accounts do not block the use of any others.
func TestManyAccounts(t *testing.T) {
	const pairs = 20
	large := oracle.Large(t)
	balances := make([]int64, manyAccounts(large))
	for i := range balances {
		balances[i] = 1000
	}
	b := open(t, balances...)
	held := rand.Perm(len(balances))[:2*pairs]
	var releases []func()
	for i := 0; i < len(held); i += 2 {
		releases = append(releases, b.hold(held[i], held[i+1], 100))
	}
	var free []int
	for i := range balances {
		if !slices.Contains(held, i) {
			free = append(free, i)
		}
	}
	for some := range slices.Chunk(free, 200) { // so that each takes only a moment
		b.run(func() {
			for i := range some[1:] {
				assert.NoError(b.t, b.Transfer(some[i], some[i+1], 10))
			}
		})
	}
	assert.LessOrEqual(t, b.busy.Load(), int64(pairs),
		"%d accounts, and %d of them are held by orders that wait for fees. A transfer between two others waits. What does it share with them?",
		len(balances), len(held))
	for _, release := range releases {
		release()
	}
	b.finish("the fees are known, but a transfer between two free accounts does not end")
	if large {
		oneIsHeldFarAway(t)
	}
}

// While two accounts are held, others do not wait whose numbers are a power of two, a power
// of ten or a number near one in the fix.
func oneIsHeldFarAway(t *testing.T) {
	t.Helper()
	most := 1_000_000
	if oracle.Many() < 10_000 { // a race build, which needs several times the memory
		most = 300_000
	}
	b := open(t, slices.Repeat([]int64{1000}, most)...)
	release := b.hold(0, 1, 100)
	distances := slices.Clone(life.Limits(most - 1))
	for _, base := range []int{2, 10} {
		for apart := base; apart < most-1; apart *= base {
			distances = append(distances, apart)
		}
	}
	for _, apart := range distances {
		from := max(apart, 2)
		b.transfer(from, from+1, 10)
		require.LessOrEqual(t, b.busy.Load(), int64(1), "accounts 0 and 1 are held by an order that waits for its fee. A transfer from account %d waits, too. What do they share?", from)
	}
	release()
	b.finish("the fee is known, and a transfer does not end")
}

// manyAccounts returns, in one run of the test, more accounts than any table of a fixed size has room for.
func manyAccounts(large bool) int {
	if large {
		return 10_000 + rand.IntN(1000)
	}
	return 1000 + rand.IntN(100)
}

// Two transfers that share no account wait for a third, and both continue once it is
// booked: neither waits for the fee of the other.
func TestBothAreWoken(t *testing.T) {
	ids := rand.Perm(4)
	p, q, r, s := ids[0], ids[1], ids[2], ids[3]
	for _, slow := range [][2]int{{p, r}, {q, r}} {
		quick := p + q - slow[0]
		for _, first := range []bool{true, false} {
			b := open(t, 1000, 1000, 1000, 1000)
			release := b.hold(p, q, 100)
			var later func()
			if first {
				later = b.hold(slow[0], slow[1], 10)
			}
			b.transfer(quick, s, 10)
			if !first {
				later = b.hold(slow[0], slow[1], 10)
			}
			release()
			b.settle()
			assert.LessOrEqual(t, b.busy.Load(), int64(1),
				"two transfers waited for a third, which is booked now. They share no account, but one still waits, "+
					"although only the other has to wait for its fee")
			later()
			b.finish("all fees are known, but a transfer does not end")
		}
	}
}

// One transfer is in progress, and another waits for it. A third has no account in
// common with either.
func TestDisjointTransfersDoNotWait(t *testing.T) {
	ids := rand.Perm(5)
	for _, waiting := range [][2]int{{ids[1], ids[2]}, {ids[2], ids[1]}} {
		b := open(t, 1000, 1000, 1000, 1000, 1000)
		release := b.hold(ids[0], ids[1], 100)
		b.transfer(waiting[0], waiting[1], 10)
		b.transfer(ids[3], ids[4], 10)
		require.LessOrEqual(t, b.busy.Load(), int64(2),
			"one transfer waits for a busy account, and now a transfer between two free accounts waits, too. "+
				"What do the two share?")
		release()
		b.finish("the fee is known, but the transfers that waited for the account do not continue")
	}
}

// An order holds both accounts from the moment its fee is requested.
func TestFeeIsAskedWithBothAccountsHeld(t *testing.T) {
	ids := rand.Perm(4)
	p, q, r, s := ids[0], ids[1], ids[2], ids[3]
	b := open(t, 1000, 1000, 1000, 1000)
	release := b.hold(p, q, 100)
	b.transfer(r, p, 10)
	b.transfer(q, s, 20)
	assert.False(t, b.wasAsked(r, p),
		"while a transfer was asking for its fee, another one used the paying account")
	assert.False(t, b.wasAsked(q, s),
		"while a transfer was asking for its fee, another one used the receiving account")
	release()
	b.finish("the fee is known, but the transfers that waited for the accounts do not continue")

	require.Len(t, b.asked, 3, "three orders, so three fees to ask for")
	for _, order := range b.asked[1:] {
		if order.To == p {
			assert.Equal(t, 900-b.price, order.ToBalance, "the fee was based on a stale balance")
		} else {
			assert.Equal(t, int64(1100), order.FromBalance, "the fee was based on a stale balance")
		}
	}
}

// A transfer that waits for a slow fee must block, without spinning or polling. In the
// bubble no time passes while any goroutine can run, so a transfer that sleeps for
// some time, by whatever clock, does not wake up before the check.
func TestWaitingTransferSleeps(t *testing.T) {
	ids := rand.Perm(3)
	busy, other, free := ids[0], ids[1], ids[2]
	for _, waiting := range [][2]int{{busy, free}, {free, busy}} {
		oracle.Bubble(t, func(t *testing.T) {
			b := open(t, 1000, 1000, 1000)
			release := b.hold(busy, other, 100)
			sleeps := b.transfer(waiting[0], waiting[1], 10)
			release()
			b.finish("the fee is known and no time has passed, but the waiting transfer does not continue")
			require.True(t, sleeps, "a transfer waits for an account without blocking: "+
				"it polls or spins until the fee is known")
		})
	}
}

// Transfers between all accounts, during audits.
func TestManyTransfersAndAudits(t *testing.T) {
	const tellers, orders = 4, 60
	tenth := func(o ledgertransfer.Order) (int64, error) { return o.Amount / 10, nil }
	ledger := ledgertransfer.New(tenth, 9000, 9000, 9000, 9000)
	c := newCrew(t)
	var line sync.WaitGroup
	line.Add(tellers)
	for range tellers {
		c.start(func() {
			line.Done()
			line.Wait()
			for range orders {
				err := ledger.Transfer(rand.IntN(accounts), rand.IntN(accounts), rand.Int64N(50))
				if err != nil {
					assert.ErrorIs(t, err, ledgertransfer.ErrFunds)
				}
				assert.GreaterOrEqual(t, ledger.Balance(rand.IntN(accounts)), int64(0), "an account has a negative balance")
				if rand.IntN(4) > 0 {
					continue
				}
				balances, fees := ledger.Audit()
				assert.Equal(t, int64(9000*accounts), balances+fees, "an audit saw half of a transfer")
			}
		})
	}
	c.finish("transfers and audits wait for each other")
	balances, fees := ledger.Audit()
	assert.Equal(t, int64(9000*accounts), balances+fees, "money was lost or created")
}
