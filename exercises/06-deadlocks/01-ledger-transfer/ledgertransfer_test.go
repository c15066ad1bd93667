package ledgertransfer_test

import (
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/06-deadlocks/01-ledger-transfer"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// One after the other nobody waits for anybody.
func TestTransfersOneByOne(t *testing.T) {
	b := open(t, 1000, 2000, 3000)
	b.transfer(0, 1, 100)
	b.transfer(1, 2, 200)
	b.transfer(2, 0, 300)
	b.finish("each of these transfers began when the one before had ended")
	assert.Equal(t, 1200-b.price, b.Balance(0))
	assert.Equal(t, 1900-b.price, b.Balance(1))
	assert.Equal(t, 2900-b.price, b.Balance(2))
	require.Len(t, b.asked, 3, "three orders, so three fees to ask for")
	assert.Equal(t,
		ledgertransfer.Order{From: 2, To: 0, Amount: 300, FromBalance: 3200, ToBalance: 900 - b.price}, b.asked[2],
		"what the fee of the third transfer depends on")

	balances, fees := b.Audit()
	assert.Equal(t, 6000-3*b.price, balances)
	assert.Equal(t, 3*b.price, fees)
}

// An order that is refused leaves nothing behind, and nothing locked.
func TestRefusedOrderBooksNothing(t *testing.T) {
	b := open(t, 500, 500)
	asked := oracle.Sentinel("no tariff for this customer")
	refusing := ledgertransfer.New(func(ledgertransfer.Order) (int64, error) { return 0, asked }, 500, 500)
	b.run(func() {
		for _, way := range [][2]int{{0, 1}, {1, 0}, {0, 1}} {
			err := refusing.Transfer(way[0], way[1], 10)
			oracle.AssertWraps(t, err, asked, "Transfer must pass on why the fee could not be told")
			assert.NotErrorIs(t, err, ledgertransfer.ErrFunds, "there was enough money")
		}
		assert.Equal(t, int64(500), refusing.Balance(0), "the order was refused")
		assert.Equal(t, int64(500), refusing.Balance(1), "the order was refused")

		oracle.AssertWraps(t, b.Transfer(0, 1, 501), ledgertransfer.ErrFunds, "500 are there, 501 and a fee were to be paid")
		oracle.AssertWraps(t, b.Transfer(1, 0, 500), ledgertransfer.ErrFunds, "500 are there, 500 and a fee were to be paid")
		assert.NoError(t, b.Transfer(0, 1, 500-b.price), "there is enough for the amount and the fee")
	})
	b.finish("transfers came one after the other, after some that had been refused. Did one of those keep an account?")
	assert.Equal(t, int64(0), b.Balance(0))
	assert.Equal(t, 1000-b.price, b.Balance(1))
}

// A transfer to the account that it comes from needs that account once.
func TestTransferToItself(t *testing.T) {
	b := open(t, 1000, 1000)
	b.transfer(1, 1, 100)
	b.finish("a transfer from an account to the same account waits for an account that it holds itself")
	assert.Equal(t, 1000-b.price, b.Balance(1), "it is an order like any other: it costs its fee, and the amount stays")
	assert.Equal(t, []ledgertransfer.Order{{From: 1, To: 1, Amount: 100, FromBalance: 1000, ToBalance: 1000}}, b.asked)

	release := b.hold(0, 0, 100)
	b.transfer(0, 1, 100)
	assert.False(t, b.wasAsked(0, 1),
		"account 0 is held by a transfer to itself, and another transfer of its money goes on")
	release()
	b.finish("a transfer from an account to the same account has ended, and the next one does not get its turn")
	assert.Equal(t, 900-2*b.price, b.Balance(0))
}

// p pays q while q pays p. Both want the same two accounts, and a third
// transfer, which takes its time over the fee, makes them both wait for p.
func TestOppositeTransfers(t *testing.T) {
	ids := rand.Perm(5)
	for _, pair := range [][2]int{{ids[0], ids[1]}, {ids[1], ids[0]}} {
		p, q, other := pair[0], pair[1], ids[2]
		b := open(t, 1000, 1000, 1000, 1000, 1000)
		release := b.hold(p, other, 100)
		b.transfer(p, q, 10)
		b.transfer(q, p, 20)
		release()
		b.finish("one transfer goes from p to q, one from q to p, and neither comes back. " +
			"Which account does each hold, and which does it wait for?")
		assert.Equal(t, 1000-100-10+20-2*b.price, b.Balance(p))
		assert.Equal(t, 1000+10-20-b.price, b.Balance(q))
	}
	oppositeTransfersFarApart(t)
}

// The same, and the numbers of the two accounts have much in common: their last
// digits, or their last bits.
func oppositeTransfersFarApart(t *testing.T) {
	t.Helper()
	apart := []int{1 << (1 + rand.IntN(10))}
	if oracle.Large(t) {
		apart = []int{10, 16, 32, 64, 100, 128, 256, 512, 1000, 1024}
	}
	balances := slices.Repeat([]int64{1000}, 2048)
	for _, apart := range apart {
		p := rand.IntN(1024)
		for _, pair := range [][2]int{{p, p + apart}, {p + apart, p}} {
			b := open(t, balances...)
			release := b.hold(pair[0], len(balances)-1, 100)
			b.transfer(pair[0], pair[1], 10)
			b.transfer(pair[1], pair[0], 20)
			release()
			b.finish("two accounts pay each other, and their numbers have much in common. Neither transfer comes back. " +
				"Which of the two accounts comes first?")
		}
	}
}

// The first pays the second, the second the third, the last the first.
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
	b.finish("in a ring of accounts each pays the next. " +
		"No two of these transfers want the same two accounts, and still they wait for each other")
	assert.Equal(t, 900-2*b.price, b.Balance(ring[0]))
	for _, id := range ring[1:] {
		assert.Equal(t, 1000-b.price, b.Balance(id), "it paid 10 and a fee, and got 10")
	}
}

// While p and q pay each other, and wait, q becomes poorer or richer than p.
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
		b.finish("p and q pay each other, and while they waited, q's balance changed. " +
			"Does what decides who is locked first ever change?")
		assert.Equal(t, balances[p]-10-2*b.price, b.Balance(p))
	}
}

// An audit wants all accounts, while a transfer wants two of them, from the
// other end.
func TestAuditIsOfOneMoment(t *testing.T) {
	for _, held := range []struct{ busy, busyToo, from, to int }{{2, 4, 3, 0}, {2, 0, 1, 4}} {
		b := open(t, 5000, 4000, 3000, 2000, 1000)
		var balances, fees int64
		release := b.hold(held.busy, held.busyToo, 10)
		b.run(func() { balances, fees = b.Audit() })
		b.transfer(held.from, held.to, 100+rand.Int64N(100))
		release()
		b.finish("an audit and a transfer wait for each other. In which order does each of them take its accounts?")
		assert.Equal(t, int64(15_000), balances+fees,
			"the ledger was opened with 15000, the audit found %d and %d of fees: it saw one half of a transfer",
			balances, fees)
	}
}

// An audit begins while a transfer is under way, and the transfer goes on.
func TestAuditSeesNoMoneyOnTheWay(t *testing.T) {
	for _, way := range [][2]int{{3, 0}, {0, 3}} {
		b := open(t, 4000, 3000, 2000, 1000)
		var balances, fees int64
		release := b.hold(way[0], way[1], 100+rand.Int64N(100))
		b.run(func() { balances, fees = b.Audit() })
		release()
		b.finish("the fee of the only transfer is known, and either the transfer or the audit does not come back")
		assert.Equal(t, int64(10_000), balances+fees,
			"the ledger was opened with 10000, the audit found %d and %d of fees: "+
				"money had left one account and not yet come to the other", balances, fees)
	}
}

// Transfers that share no account are under way at the same time, however many
// they are.
func TestDisjointTransfersMeet(t *testing.T) {
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
			"%d transfers, %d accounts, and one transfer waits until the fee of another is known. "+
				"Which of them should wait for which?", len(ids)/2, len(ids))
	}
	for _, release := range releases {
		release()
	}
	b.finish("several transfers share no account, and did not end")
	for i := 0; i < len(ids); i += 2 {
		assert.Equal(t, 900-b.price, b.Balance(ids[i]))
		assert.Equal(t, int64(1100), b.Balance(ids[i+1]))
	}
}

// However many accounts there are, some of them held keep no other from being used.
func TestManyAccounts(t *testing.T) {
	const pairs = 20
	balances := make([]int64, manyAccounts(t))
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
	for some := range slices.Chunk(free, 200) { // so that each takes a moment only
		b.run(func() {
			for i := range some[1:] {
				assert.NoError(b.t, b.Transfer(some[i], some[i+1], 10))
			}
		})
	}
	assert.LessOrEqual(t, b.busy.Load(), int64(pairs),
		"of %d accounts %d are held until fees are known. A transfer between two others waits. What does it share with them?",
		len(balances), len(held))
	for _, release := range releases {
		release()
	}
	b.finish("the fees are known, and a transfer between two free accounts does not end")
}

// manyAccounts is more than any table of a fixed size has room for, in one run.
func manyAccounts(t *testing.T) int {
	if oracle.Large(t) {
		return 10_000 + rand.IntN(1000)
	}
	return 1000 + rand.IntN(100)
}

// Two transfers that share no account wait for a third, and both go on when it is
// booked: neither waits until the fee of the other is known.
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
				"two transfers waited for a third, which is booked now. They share no account, and one still waits, "+
					"although only the other has to wait for its fee")
			later()
			b.finish("all fees are known, and a transfer does not end")
		}
	}
}

// One transfer is under way, one waits for it. A third has nothing to do with
// either.
func TestWaitsForNobodyElse(t *testing.T) {
	ids := rand.Perm(5)
	for _, waiting := range [][2]int{{ids[1], ids[2]}, {ids[2], ids[1]}} {
		b := open(t, 1000, 1000, 1000, 1000, 1000)
		release := b.hold(ids[0], ids[1], 100)
		b.transfer(waiting[0], waiting[1], 10)
		b.transfer(ids[3], ids[4], 10)
		require.LessOrEqual(t, b.busy.Load(), int64(2),
			"one transfer waits for a busy account, and now a transfer between two free accounts waits as well. "+
				"What do the two share?")
		release()
		b.finish("the fee is known, and those who waited for the account do not get their turn")
	}
}

// From the moment that the fee is asked for, both accounts belong to the order.
func TestFeeIsAskedWithBothAccountsHeld(t *testing.T) {
	ids := rand.Perm(4)
	p, q, r, s := ids[0], ids[1], ids[2], ids[3]
	b := open(t, 1000, 1000, 1000, 1000)
	release := b.hold(p, q, 100)
	b.transfer(r, p, 10)
	b.transfer(q, s, 20)
	assert.False(t, b.wasAsked(r, p),
		"while the fee of a transfer was being asked for, another one went on with the account that pays")
	assert.False(t, b.wasAsked(q, s),
		"while the fee of a transfer was being asked for, another one went on with the account that is paid")
	release()
	b.finish("the fee is known, and those who waited for the accounts do not get their turn")

	require.Len(t, b.asked, 3, "three orders, so three fees to ask for")
	for _, order := range b.asked[1:] {
		if order.To == p {
			assert.Equal(t, 900-b.price, order.ToBalance, "the fee was told by a balance that was out of date")
		} else {
			assert.Equal(t, int64(1100), order.FromBalance, "the fee was told by a balance that was out of date")
		}
	}
}

// Who waits for a fee that takes long does not keep a processor busy, and does
// not get up to look. In a bubble no clock moves while somebody is awake, and the
// test is: who sleeps until some time, wherever he has it from, sleeps for ever.
func TestWaitingTransferSleeps(t *testing.T) {
	ids := rand.Perm(3)
	busy, other, free := ids[0], ids[1], ids[2]
	for _, waiting := range [][2]int{{busy, free}, {free, busy}} {
		oracle.Bubble(t, func(t *testing.T) {
			b := open(t, 1000, 1000, 1000)
			release := b.hold(busy, other, 100)
			sleeps := b.transfer(waiting[0], waiting[1], 10)
			release()
			b.finish("the fee is known, no time has passed, and the transfer that waited does not get its turn")
			require.True(t, sleeps, "a transfer waits for an account, and does not sleep: "+
				"it asks again and again, and burns a processor until the fee is known")
		})
	}
}

// Everybody pays everybody, and the auditors are in the house.
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
				assert.GreaterOrEqual(t, ledger.Balance(rand.IntN(accounts)), int64(0), "an account holds less than nothing")
				if rand.IntN(4) > 0 {
					continue
				}
				balances, fees := ledger.Audit()
				assert.Equal(t, int64(9000*accounts), balances+fees, "an audit saw one half of a transfer")
			}
		})
	}
	c.finish("transfers and audits wait for each other")
	balances, fees := ledger.Audit()
	assert.Equal(t, int64(9000*accounts), balances+fees, "money was lost or made")
}

// A bank is a ledger whose fees the test has in its hand: a transfer stays in
// its Fee, with its accounts held, until the test lets it go.
type bank struct {
	*ledgertransfer.Ledger
	*crew
	price int64

	mu    sync.Mutex
	asked []ledgertransfer.Order
	gates map[[2]int]chan struct{}
}

// open opens a bank with one account for each balance.
func open(t *testing.T, balances ...int64) *bank {
	b := &bank{crew: newCrew(t), price: 1 + rand.Int64N(9), gates: map[[2]int]chan struct{}{}}
	b.Ledger = ledgertransfer.New(b.fee, balances...)
	return b
}

func (b *bank) fee(o ledgertransfer.Order) (int64, error) {
	b.mu.Lock()
	b.asked = append(b.asked, o)
	gate := b.gates[[2]int{o.From, o.To}]
	b.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return b.price, nil
}

// wasAsked tells whether the transfer has come as far as its fee.
func (b *bank) wasAsked(from, to int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.asked {
		if o.From == from && o.To == to {
			return true
		}
	}
	return false
}

// transfer starts a transfer and lets it come as far as it can. It tells
// whether everybody sleeps now.
func (b *bank) transfer(from, to int, amount int64) bool {
	return b.run(func() {
		assert.NoError(b.t, b.Transfer(from, to, amount),
			"transfer of %d from account %d to account %d", amount, from, to)
	})
}

// hold starts a transfer that does not get to know its fee before release.
func (b *bank) hold(from, to int, amount int64) (release func()) {
	gate := make(chan struct{})
	b.mu.Lock()
	b.gates[[2]int{from, to}] = gate
	b.mu.Unlock()
	b.transfer(from, to, amount)
	return func() { close(gate) }
}

// A crew is the goroutines of one test.
type crew struct {
	t         *testing.T
	strangers map[string]bool // the goroutines that were there before
	busy      atomic.Int64    // how many of those that it started have not ended
}

func newCrew(t *testing.T) *crew {
	c := &crew{t: t, strangers: map[string]bool{}}
	for _, g := range goroutines() {
		c.strangers[g.id] = true
	}
	return c
}

func (c *crew) start(fn func()) {
	c.busy.Add(1)
	go func() {
		defer c.busy.Add(-1)
		fn()
	}()
}

// run starts fn and lets it come as far as it can. It tells whether everybody
// sleeps now.
func (c *crew) run(fn func()) bool {
	c.start(fn)
	return c.settle()
}

// finish waits until the crew has ended. As soon as nobody runs any more, nobody
// ever will: then it ends the process, with a dump of all goroutines, as
// oracle.Within does. It needs no time limit for that.
func (c *crew) finish(message string) {
	for c.busy.Load() > 0 {
		if awake, _ := c.awake(); awake == 0 && c.busy.Load() > 0 {
			debug.SetTraceback("all")
			panic("stuck: " + message)
		}
		runtime.Gosched()
	}
}

// settle lets the crew run until all of it has ended or sleeps, that is, waits
// for something that only another goroutine can do. It tells whether they do;
// somebody who tries again and again never will.
//
// It takes all processors but one away. So nobody runs while settle looks, and
// each Gosched is a turn for the others, which ends when they sleep. Only who
// does not is stopped, after some 10 milliseconds. A transfer needs one turn.
func (c *crew) settle() bool {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for turns := 0; turns < 20; {
		awake, going := c.awake()
		if awake == 0 {
			return true
		}
		if going > 0 {
			turns++
		}
		runtime.Gosched()
	}
	return false
}

// asleep are the states of a goroutine that only another one can end.
var asleep = map[string]bool{
	"chan receive": true, "chan receive (nil chan)": true, "chan send": true, "chan send (nil chan)": true,
	"select": true, "select (no cases)": true, "sync.Cond.Wait": true, "sync.WaitGroup.Wait": true,
	"sync.Mutex.Lock": true, "sync.RWMutex.Lock": true, "sync.RWMutex.RLock": true,
}

// trying are the states of a goroutine that goes on by itself. What is neither
// here nor there is the runtime's own business, such as garbage collection.
var trying = map[string]bool{"runnable": true, "running": true, "sleep": true}

// awake counts those of the crew, and whom they started, who are not asleep,
// and among them those who go on by themselves.
func (c *crew) awake() (awake, going int) {
	for _, g := range goroutines() {
		if c.strangers[g.id] || asleep[g.state] {
			continue
		}
		awake++
		if trying[g.state] {
			going++
		}
	}
	return awake, going
}

type goroutine struct{ id, state string }

var dump = make([]byte, 1<<16)

// goroutines are all that there are at this moment, but for the caller.
func goroutines() (all []goroutine) {
	n := runtime.Stack(dump, true)
	for n == len(dump) {
		dump = make([]byte, 2*n)
		n = runtime.Stack(dump, true)
	}
	for _, stack := range strings.Split(string(dump[:n]), "\n\n")[1:] {
		header, _, _ := strings.Cut(stack, "]:\n")
		id, state, _ := strings.Cut(header, " [")
		state, _, _ = strings.Cut(state, ",")           // "select, 2 minutes"
		state = strings.TrimSuffix(state, " (durable)") // what only its bubble can end
		all = append(all, goroutine{id, strings.TrimSuffix(state, " (scan)")})
	}
	return all
}
