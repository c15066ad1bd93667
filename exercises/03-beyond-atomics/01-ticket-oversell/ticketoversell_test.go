package ticketoversell_test

import (
	"errors"
	"math/rand/v2"
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

// paid is a payment that succeeds, at once.
func paid() error { return nil }

// someSizes are sizes of each magnitude below most; in most runs, of the smaller ones.
// Where most is larger, one of them is more than 16 bits hold.
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
			assert.Equal(t, free, office.Left(), "%d seats, and customer %d comes", seats, sold+1)
			err := office.Buy(func() error { payments++; return nil })
			if free > 0 {
				assert.NoError(t, err, "of %d seats %d were free", seats, free)
				assert.Equal(t, 1, payments, "a customer pays once for a seat")
			} else if oracle.AssertWraps(t, err, ticketoversell.ErrSoldOut, "all seats are sold") {
				assert.Zero(t, payments, "all %d seats are sold, and yet a customer was asked to pay", seats)
			}
			if t.Failed() {
				return
			}
		}
		assert.Zero(t, office.Left(), "all %d seats are sold, and %d customers were turned away", seats, late)
	}, "one customer after the other, and one of them waits for ever. What did the one before leave locked?")
}

// A payment that fails leaves everything as it was, but for what others did
// in the meantime.
func TestDeclinedCardIsNotASale(t *testing.T) {
	for _, seats := range someSizes(t, 1100) {
		declined(t, 1+seats)
	}
}

func declined(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	payments := 0
	err := office.Buy(func() error { payments++; return errDeclined })
	require.True(t, oracle.AssertWraps(t, err, errDeclined, "Buy must pass on why the payment failed"))
	require.NotErrorIs(t, err, ticketoversell.ErrSoldOut, "there were %d free seats", seats)
	require.Equal(t, 1, payments, "a customer's card was declined, and tried again behind his back")
	require.Equal(t, seats, office.Left(), "a payment failed, so nothing was sold")

	oracle.Within(t, func() {
		err = office.Buy(func() error {
			assert.NoError(t, office.Buy(paid), "there were %d free seats for two customers", seats)
			return errDeclined
		})
	}, "a second customer waits for the payment of the first. What does Buy hold while somebody pays?")
	require.ErrorIs(t, err, errDeclined, "Buy must pass on why the payment failed")
	require.Equal(t, seats-1, office.Left(),
		"of %d seats one was sold while another customer's payment was under way and then failed. Giving back "+
			"one seat must not undo what others did",
		seats)
	for range seats - 1 {
		require.NoError(t, office.Buy(paid), "there was a free seat")
	}
	require.ErrorIs(t, office.Buy(paid), ticketoversell.ErrSoldOut, "all %d seats are sold", seats)
}

// The last seat, of one or of many. While one customer pays for it, another one
// comes.
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
	}, "the second customer waits for the payment of the first, and must not. What does Buy hold"+
		" while somebody pays?")
	sold := 0
	for _, err := range []error{first, second} {
		if err == nil {
			sold++
		}
	}
	assert.Equal(t, 1, payments,
		"1 seat was left, and %d customers paid for it. The second one came while the first one paid: on what "+
			"did Buy decide to let both pay, and when did it look?", payments)
	assert.Equal(t, 1, sold, "1 seat was left, and %d tickets were sold", sold)
	assert.NoError(t, first, "the first customer has paid, and was there first")
	assert.ErrorIs(t, second, ticketoversell.ErrSoldOut,
		"the second customer came when the last seat was being paid for")
	assert.Zero(t, leftMeanwhile, "a seat that somebody is paying for is not free")
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// sellAllButOne sells seats to one customer after the other, or, if there are many, at
// several counters at once.
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
		require.NoError(t, *err, "there are %d seats, and customers for all but one", seats)
	}
}

// As many customers are paying as there are seats, a few or many, and then more
// come.
func TestSeatsBeingPaidForAreTaken(t *testing.T) {
	random := oracle.Random(t)
	for _, seats := range someSizes(t, 100_000) {
		onePaying(t, seats)
		allPaying(t, min(seats, 1000+random.IntN(100)), 1+random.IntN(3))
	}
}

// One customer is paying, and many seats are free, or few.
func onePaying(t *testing.T, seats int) {
	t.Helper()
	office := ticketoversell.NewOffice(seats)
	err := office.Buy(func() error {
		assert.Equal(t, seats-1, office.Left(), "of %d seats one is being paid for: it is not free", seats)
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
				assert.NoError(t, err, "%d seats, %d customers: nobody may be turned away", seats, seats)
				if !asked {
					paying.Arrive()
				}
			})
		}
		paying.Arrive()
		assert.Zero(t, office.Left(), "%d customers are paying for %d seats: no seat is free", seats, seats)
		for range late {
			err := office.Buy(func() error { payments.Add(1); return nil })
			assert.ErrorIs(t, err, ticketoversell.ErrSoldOut,
				"all %d seats are being paid for, and one more customer came", seats)
		}
		close(settled)
		group.Wait()
	}, "somebody waits for the payments of others. Payments run side by side, and who finds no "+
		"free seat is told so at once")
	assert.EqualValues(t, seats, payments.Load(), "%d customers paid for %d seats", payments.Load(), seats)
	assert.Zero(t, office.Left(), "all %d seats are sold", seats)
}

// A customer is turned away because the last seat is being paid for. Then that
// payment fails.
func TestDeclinedCardFreesTheLastSeat(t *testing.T) {
	office := ticketoversell.NewOffice(1)
	var first error
	oracle.Within(t, func() {
		first = office.Buy(func() error {
			for range 1 + rand.IntN(3) {
				assert.ErrorIs(t, office.Buy(paid), ticketoversell.ErrSoldOut,
					"1 seat was left, and a customer is paying for it: there is none for the next one")
			}
			return errDeclined
		})
	}, "the second customer waits for the payment of the first, and must not. What does Buy hold"+
		" while somebody pays?")
	require.True(t, oracle.AssertWraps(t, first, errDeclined, "Buy must pass on why the payment failed"))
	require.Equal(t, 1, office.Left(),
		"the payment for the only seat failed, others were turned away, nobody is buying now: the seat is free")
	require.NoError(t, office.Buy(paid), "the only seat is free again, and a customer was turned away")
	require.Zero(t, office.Left(), "the only seat is sold")
}

// A season of concerts. The same few customers go through all of them and buy
// whatever there is, so that they meet at the last seat of each.
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
			// The first concert of a round has one seat, and nobody has paid for
			// it before everybody has been to the box office: each is paying, or
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
					t.Errorf("each payment succeeds, and Buy said: %v", err)
				}
				if i == 0 {
					leave()
					pay = paid
				}
			}
		})
	}, "somebody waits for the payment of another, or for a lock that nobody holds any more")
	for round := range played {
		for i := range season[round] {
			c := &season[round][i]
			sold, left := c.sold.Load(), c.office.Left()
			if sold == c.seats && left == 0 {
				continue
			}
			require.LessOrEqual(t, sold, c.seats,
				"%d tickets were sold for %d seat(s). Every single step may be atomic: what can happen between "+
					"the step that looks and the step that takes?", sold, c.seats)
			require.Equal(t, c.seats, sold,
				"all customers were told that there is no free seat, and %d of %d were sold", sold, c.seats)
			require.Zero(t, left, "%d tickets were sold for %d seat(s), nobody is buying, and Left shows %d", sold, c.seats, left)
		}
	}
}

// As many seats as customers, and they come as fast as they can.
func TestNobodyIsTurnedAway(t *testing.T) {
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
	}, "a customer waits for ever. Who left something locked?")
	got := int(sold.Load())
	assert.Equal(t, came, got,
		"%d customers came for %d seats, and %d of them were turned away: each of them had a free seat",
		came, seats, came-got)
	assert.Equal(t, seats-got, office.Left(), "%d of %d seats were sold", got, seats)
}

// The hall is sold out, customers still come, and somebody watches the display.
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
	}, "a customer waits for ever. Who left something locked?")
	assert.Zero(t, again.Load(), "the only seat was sold long ago, and was sold again")
	assert.Zero(t, lowest,
		"the display showed %d free seats while customers were turned away. What is put right a moment later "+
			"was still seen", lowest)
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// However many customers there are, all must be able to pay at the same time.
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
			assert.NoError(t, err, "there are enough seats for all")
			if !asked {
				meeting.Arrive()
			}
		})
	}, "several customers were to pay at once, but each waits for the one before. Guard the seats, not the payment")
}

// Buying takes as long as paying, to the nanosecond, and being turned away
// takes no time at all.
func TestBuyTakesAsLongAsItsPayment(t *testing.T) {
	oracle.Bubble(t, func(t *testing.T) {
		for range 12 {
			office := ticketoversell.NewOffice(1)
			long := time.Duration(rand.IntN(3)) * rand.N(time.Hour)
			pay := func() error { time.Sleep(long); return nil }

			start := time.Now()
			assert.NoError(t, office.Buy(pay), "there was a free seat")
			assert.Equal(t, long, time.Since(start),
				"the payment took %v, nobody else was there, and Buy took longer. What does it wait for?", long)

			start = time.Now()
			assert.ErrorIs(t, office.Buy(pay), ticketoversell.ErrSoldOut, "the only seat is sold")
			assert.Zero(t, time.Since(start),
				"the only seat is sold, and the customer was not told so at once. What does Buy wait for?")
		}
	})
}

// inStep runs fn(0, round) … fn(parties-1, round) side by side, round after
// round; each begins when all have ended the one before, so that nobody runs far
// ahead. It returns how many rounds there were: all of them, or, where they take
// very long, as many as were begun within a second.
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
			// One of them decides, before anybody can go on.
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
