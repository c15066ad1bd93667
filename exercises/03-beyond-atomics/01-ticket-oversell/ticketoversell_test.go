package ticketoversell_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	ticketoversell "heisenkata/exercises/03-beyond-atomics/01-ticket-oversell"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

var errDeclined = oracle.Sentinel("card declined")

// paid is a payment that succeeds immediately.
func paid() error { return nil }

// someSizes returns sizes of each magnitude: up to most in the first run of a test,
// smaller ones later. If most does not fit in 16 bits, nor does one of the sizes.
func someSizes(t *testing.T, most int) []int {
	random := oracle.Random(t)
	switch {
	case !oracle.Large(t):
		return life.Sizes(random, 200)
	case most > 1<<16:
		return append(life.Sizes(random, 1<<16), 1<<16+random.IntN(most-1<<16))
	}
	return life.Sizes(random, most)
}

// One customer after the other.
func TestSellsOneByOne(t *testing.T) {
	oneByOne(t, 0)
	for _, seats := range someSizes(t, 2000) {
		oneByOne(t, seats)
	}
}

func oneByOne(t *testing.T, seats int) {
	t.Helper()
	const late = 3
	office := ticketoversell.NewOffice(seats)
	oracle.Within(t, func() {
		for sold := range seats + late {
			free, payments := max(0, seats-sold), 0
			assert.Equal(t, free, office.Left(), "%d seats, before customer %d buys", seats, sold+1)
			err := office.Buy(func() error { payments++; return nil })
			if free > 0 {
				assert.NoError(t, err, "of %d seats, %d were free", seats, free)
				assert.Equal(t, 1, payments, "a customer must pay exactly once for a seat")
			} else if oracle.AssertWraps(t, err, ticketoversell.ErrSoldOut, "all seats are sold") {
				assert.Zero(t, payments, "all %d seats were sold, but a customer was asked to pay", seats)
			}
			if t.Failed() {
				return
			}
		}
		assert.Zero(t, office.Left(), "all %d seats are sold, and %d more customers were turned away", seats, late)
	}, "customers come one after the other, and one of them waits forever. What did an earlier call leave locked?")
}

// A failed payment leaves everything as it was, except for what others did in
// the meantime.
func TestDeclinedCardIsNotASale(t *testing.T) {
	sizes := someSizes(t, 1100)
	for _, seats := range sizes {
		declined(t, 1+seats)
		companionDeclined(t, 1+seats)
	}
	if slices.Max(sizes) > 200 { // in the first run
		allDeclined(t, oracle.Beyond(1100, 200_000))
	}
}

// allDeclined has as many payments fail as there are seats, and a few more. Then all seats are sold.
func allDeclined(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	for n := range seats + 3 {
		if err := office.Buy(func() error { return errDeclined }); !errors.Is(err, errDeclined) {
			require.ErrorIs(t, err, errDeclined, "%d payments have failed, one after the other, and nothing is sold. Buy must return the error of the next one", n)
		}
	}
	require.Equal(t, seats, office.Left(), "%d payments have failed, one after the other, and nothing is sold", seats+3)
	for n := range seats {
		if err := office.Buy(paid); err != nil {
			require.NoError(t, err, "%d of %d seats are sold. Before that, %d payments failed", n, seats, seats+3)
		}
	}
}

func declined(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	payments := 0
	err := office.Buy(func() error { payments++; return errDeclined })
	require.True(t, oracle.AssertWraps(t, err, errDeclined, "Buy must return the error of the payment"))
	require.NotErrorIs(t, err, ticketoversell.ErrSoldOut, "there were %d free seats", seats)
	require.Equal(t, 1, payments, "a declined card must not be tried again")
	require.Equal(t, seats, office.Left(), "the payment failed, so nothing was sold")

	oracle.Within(t, func() {
		err = office.Buy(func() error {
			assert.NoError(t, office.Buy(paid), "there were %d free seats for two customers", seats)
			return errDeclined
		})
	}, "a second customer waits for the payment of the first. What does Buy hold while a customer pays?")
	require.ErrorIs(t, err, errDeclined, "Buy must return the error of the payment")
	require.Equal(t, seats-1, office.Left(),
		"of %d seats, one was sold while another customer was paying, and that payment then failed. Giving back "+
			"one seat must not undo other sales",
		seats)
	for range seats - 1 {
		require.NoError(t, office.Buy(paid), "there was a free seat")
	}
	require.ErrorIs(t, office.Buy(paid), ticketoversell.ErrSoldOut, "all %d seats are sold", seats)
}

// companionDeclined is about a payment that buys a seat for a companion, at the same office or
// at another one, and returns the error of that.
func companionDeclined(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	for name, companions := range map[string]*ticketoversell.Office{"the same office": office, "another office": ticketoversell.NewOffice(1)} {
		free := companions.Left()
		var err error
		oracle.Within(t, func() {
			err = office.Buy(func() error { return companions.Buy(func() error { return errDeclined }) })
		}, "while a customer pays, another Buy, at "+name+", does not return. What does Buy hold while a customer pays?")
		story := "while a customer paid, a seat was bought at " + name + ". That payment failed, and the customer's returned the error of its Buy"
		require.True(t, oracle.AssertWraps(t, err, errDeclined, story))
		require.Equal(t, seats, office.Left(), "%s. Nothing was sold", story)
		require.Equal(t, free, companions.Left(), "%s. The other seat was not sold either", story)
	}
}

// The last seat, of one or of many. A second customer comes while the first is
// paying for it.
func TestLastSeatIsSoldOnce(t *testing.T) {
	lastSeat(t, 1)
	for _, seats := range someSizes(t, 100_000) {
		lastSeat(t, seats)
	}
}

func lastSeat(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	sellAllButOne(t, office, seats)
	payments, leftMeanwhile := 0, -1
	var first, second error
	oracle.Within(t, func() {
		first = office.Buy(func() error {
			leftMeanwhile = office.Left()
			second = office.Buy(func() error { payments++; return nil })
			payments++
			return nil
		})
	}, "the second customer must not wait for the payment of the first. What does Buy hold"+
		" while a customer pays?")
	sold := 0
	for _, err := range []error{first, second} {
		if err == nil {
			sold++
		}
	}
	assert.Equal(t, 1, payments,
		"1 seat was left, and %d customers paid for it. The second one came while the first was paying: what did "+
			"Buy check before it let both pay, and when?", payments)
	assert.Equal(t, 1, sold, "1 seat was left, and %d tickets were sold", sold)
	assert.NoError(t, first, "the first customer paid, and came first")
	assert.ErrorIs(t, second, ticketoversell.ErrSoldOut,
		"the second customer came while the last seat was being paid for")
	assert.Zero(t, leftMeanwhile, "a seat that is being paid for is not free")
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// sellAllButOne sells all seats but one, to one customer after the other or, if there
// are many, at several counters at once.
func sellAllButOne(t *testing.T, office *ticketoversell.Office, seats int) {
	t.Helper()
	counters := 1 + seats/1000
	var refused atomic.Pointer[error]
	oracle.Within(t, func() {
		oracle.Together(counters, func(i int) {
			for range (seats - 1 + i) / counters {
				if err := office.Buy(paid); err != nil {
					refused.Store(&err)
					return
				}
			}
		})
	}, "customers come to several counters at once, and one of them waits forever")
	if err := refused.Load(); err != nil {
		require.NoError(t, *err, "there are %d seats, one more than customers", seats)
	}
}

// As many customers are paying as there are seats, few or many, and
// then more come.
func TestSeatsBeingPaidForAreTaken(t *testing.T) {
	random := oracle.Random(t)
	for _, seats := range someSizes(t, 100_000) {
		onePaying(t, seats)
		allPaying(t, min(seats, 1000+random.IntN(100)), 1+random.IntN(3))
	}
}

// One customer is paying while seats are free, few or many.
func onePaying(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	err := office.Buy(func() error {
		assert.Equal(t, seats-1, office.Left(), "one of %d seats is being paid for, so it is not free", seats)
		return nil
	})
	assert.NoError(t, err, "there were %d free seats", seats)
	assert.Equal(t, seats-1, office.Left(), "one of %d seats is sold", seats)
}

func allPaying(t *testing.T, seats, late int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	var payments atomic.Int64
	oracle.Within(t, func() {
		paying, settled := oracle.NewMeeting(seats+1), make(chan struct{})
		var group sync.WaitGroup
		for range seats {
			group.Go(func() {
				asked := false
				err := office.Buy(func() error {
					asked = true
					payments.Add(1)
					paying.Arrive()
					<-settled
					return nil
				})
				assert.NoError(t, err, "%d seats, %d customers: none may be turned away", seats, seats)
				if !asked {
					paying.Arrive()
				}
			})
		}
		paying.Arrive()
		assert.Zero(t, office.Left(), "%d customers are paying for %d seats, so none is free", seats, seats)
		for range late {
			err := office.Buy(func() error { payments.Add(1); return nil })
			assert.ErrorIs(t, err, ticketoversell.ErrSoldOut,
				"all %d seats are being paid for, so the next customer must be turned away", seats)
		}
		close(settled)
		group.Wait()
	}, "a customer waits for the payments of others. Payments must run concurrently, and a customer for whom no "+
		"seat is free must be told so immediately")
	assert.EqualValues(t, seats, payments.Load(), "%d customers paid for %d seats", payments.Load(), seats)
	assert.Zero(t, office.Left(), "all %d seats are sold", seats)
}

// A customer is turned away because the last seat is being paid for. Then that
// payment fails.
func TestDeclinedCardFreesTheLastSeat(t *testing.T) {
	firstSeatComesBack(t)
	office := ticketoversell.NewOffice(1)
	var first error
	oracle.Within(t, func() {
		first = office.Buy(func() error {
			for range 1 + rand.IntN(3) {
				assert.ErrorIs(t, office.Buy(paid), ticketoversell.ErrSoldOut,
					"1 seat was left, and a customer is paying for it: the next one must be turned away")
			}
			return errDeclined
		})
	}, "the second customer must not wait for the payment of the first. What does Buy hold"+
		" while a customer pays?")
	require.True(t, oracle.AssertWraps(t, first, errDeclined, "Buy must return the error of the payment"))
	require.Equal(t, 1, office.Left(),
		"the payment for the only seat failed, others were turned away, and no call is running: the seat is free")
	require.NoError(t, office.Buy(paid), "the only seat is free again, but a customer was turned away")
	require.Zero(t, office.Left(), "the only seat is sold")
}

// firstSeatComesBack is about the payment for the first seat, which fails when all others
// are sold, few or many.
func firstSeatComesBack(t *testing.T) {
	t.Helper()
	for _, seats := range someSizes(t, 3000) {
		office := ticketoversell.NewOffice(1 + seats)
		oracle.Within(t, func() {
			_ = office.Buy(func() error {
				for range seats {
					assert.NoError(t, office.Buy(paid), "there was a free seat")
				}
				assert.ErrorIs(t, office.Buy(paid), ticketoversell.ErrSoldOut, "all %d seats but one are sold, and that one is being paid for", 1+seats)
				return errDeclined
			})
		}, "others must not wait for a payment. What does Buy hold while a customer pays?")
		require.Equal(t, 1, office.Left(), "the payment for the first of %d seats has failed, and all others are sold", 1+seats)
		require.NoError(t, office.Buy(paid), "the first of %d seats is free again, but a customer was turned away", 1+seats)
	}
}

// A season of concerts. The same few customers buy all they can at each of them, so
// they meet at the last seat of each.
func TestRush(t *testing.T) {
	const parties, rounds, concerts = 4, 20, 50
	type concert struct {
		office *ticketoversell.Office
		seats  int64
		sold   atomic.Int64
	}
	season := make([][concerts]concert, rounds)
	premieres := make([]*oracle.Meeting, rounds)
	for round := range season {
		premieres[round] = oracle.NewMeeting(parties)
		for i := range concerts {
			c := &season[round][i]
			c.seats = int64(1 + i%2)
			c.office = ticketoversell.NewOffice(int(c.seats))
		}
	}
	played := 0
	oracle.Within(t, func() {
		played = inStep(parties, rounds, func(_, round int) {
			// The first concert of a round has one seat, and no payment for it ends
			// until every customer has been to the box office: each is either paying or
			// was turned away.
			leave := premieres[round].Arrive
			pay := func() error { leave(); return nil }
			for i := range season[round] {
				c := &season[round][i]
				err := c.office.Buy(pay)
				for err == nil && c.sold.Add(1) <= parties {
					err = c.office.Buy(pay)
				}
				if err != nil && !errors.Is(err, ticketoversell.ErrSoldOut) {
					t.Errorf("all payments succeed, but Buy returned: %v", err)
				}
				if i == 0 {
					leave()
					pay = paid
				}
			}
		})
	}, "a customer waits for another's payment, or for a lock that was never released")
	for round := range played {
		for i := range season[round] {
			c := &season[round][i]
			sold, left := c.sold.Load(), c.office.Left()
			if sold == c.seats && left == 0 {
				continue
			}
			require.LessOrEqual(t, sold, c.seats,
				"%d tickets were sold for %d seat(s). Every single step may be atomic: what can happen between "+
					"the check and the update?", sold, c.seats)
			require.Equal(t, c.seats, sold,
				"all customers were told that no seat is free, but only %d of %d are sold", sold, c.seats)
			require.Zero(t, left, "%d tickets were sold for %d seat(s), no call is running, and Left returned %d", sold, c.seats, left)
		}
	}
}

// As many seats as customers, who all come at the same moment.
func TestNoBuyerIsTurnedAway(t *testing.T) {
	const parties, rounds, each = 4, 30, 100
	const seats = parties * rounds * each
	office := ticketoversell.NewOffice(seats)
	var sold atomic.Int64
	came := 0
	oracle.Within(t, func() {
		came = parties * each * inStep(parties, rounds, func(int, int) {
			for range each {
				if office.Buy(paid) == nil {
					sold.Add(1)
				}
			}
		})
	}, "a customer waits forever. Which call left something locked?")
	got := int(sold.Load())
	assert.Equal(t, came, got,
		"%d customers came for %d seats, and %d of them were turned away although there was a seat for each",
		came, seats, came-got)
	assert.Equal(t, seats-got, office.Left(), "%d of %d seats were sold", got, seats)
}

// The hall is sold out, customers keep coming, and another goroutine watches the display.
func TestLeftIsNeverBelowZero(t *testing.T) {
	const parties, rounds, each = 3, 120, 100
	office := ticketoversell.NewOffice(1)
	require.NoError(t, office.Buy(paid))
	lowest, again := 0, new(atomic.Int64)
	oracle.Within(t, func() {
		inStep(parties, rounds, func(i, _ int) {
			for range each {
				if i == 0 {
					lowest = min(lowest, office.Left())
				} else if office.Buy(paid) == nil {
					again.Add(1)
				}
			}
		})
	}, "a customer waits forever. Which call left something locked?")
	assert.Zero(t, again.Load(), "the only seat was sold again, long after it had been sold")
	assert.Zero(t, lowest,
		"the display showed %d free seats while customers were turned away. Even if it is corrected a moment later, "+
			"it was wrong when it was read", lowest)
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// Any number of customers can pay at the same time.
func TestPaymentsRunSideBySide(t *testing.T) {
	random := oracle.Random(t)
	parties := 20 + random.IntN(20)
	if oracle.Large(t) {
		parties = oracle.Many()
	}
	office := ticketoversell.NewOffice(parties + random.IntN(3))
	meeting := oracle.NewMeeting(parties)
	oracle.Within(t, func() {
		oracle.Together(parties, func(int) {
			asked := false
			err := office.Buy(func() error {
				asked = true
				meeting.Arrive()
				return nil
			})
			assert.NoError(t, err, "there are enough seats for all customers")
			if !asked {
				meeting.Arrive()
			}
		})
	}, "these customers should be able to pay concurrently, but each waits for the one before. Guard the seats, not the payment")
}

// Buy takes exactly as long as its payment, and returning ErrSoldOut
// takes no time.
func TestBuyTakesAsLongAsItsPayment(t *testing.T) {
	oracle.Bubble(t, func(t *testing.T) {
		for range 12 {
			office := ticketoversell.NewOffice(1)
			long := time.Duration(rand.IntN(3)) * rand.N(time.Hour)
			pay := func() error { time.Sleep(long); return nil }

			start := time.Now()
			assert.NoError(t, office.Buy(pay), "there was a free seat")
			assert.Equal(t, long, time.Since(start),
				"the payment took %v, no other call was running, and Buy took longer. What does it wait for?", long)

			start = time.Now()
			assert.ErrorIs(t, office.Buy(pay), ticketoversell.ErrSoldOut, "the only seat is sold")
			assert.Zero(t, time.Since(start),
				"the only seat is sold, but Buy did not return immediately. What does it wait for?")
		}
	})
}

// inStep runs fn(0, round) … fn(parties-1, round) concurrently, round after round.
// Each round begins when all have finished the one before, so that none gets ahead. It
// returns the number of rounds: all of them, or as many as began within a second if
// they are very slow.
func inStep(parties, rounds int, fn func(i, round int)) int {
	meetings := make([]*oracle.Meeting, rounds)
	for i := range meetings {
		meetings[i] = oracle.NewMeeting(parties)
	}
	var last atomic.Int64
	last.Store(int64(rounds - 1))
	start := time.Now()
	oracle.Together(parties, func(i int) {
		for round, meeting := range meetings {
			fn(i, round)
			// One of them decides before any can go on.
			if i == 0 && time.Since(start) > time.Second {
				last.Store(int64(round))
			}
			meeting.Arrive()
			if last.Load() == int64(round) {
				return
			}
		}
	})
	return int(last.Load()) + 1
}
