package ticketoversell_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"heisenkata/exercises/03-beyond-atomics/01-ticket-oversell"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// The model of an office is the number of free seats.
type (
	call    = contract.Call[*ticketoversell.Office, int]
	step    = contract.Step[int]
	outcome = contract.Outcome[int]
)

// What each method does when no other call is running.
var boxOffice = contract.Contract[*ticketoversell.Office, int]{
	New: func(r *rand.Rand) (*ticketoversell.Office, int) {
		free := []int{0, 1, 1, 1, 2, 2, 3}[r.IntN(7)]
		return openOffice(r, free), free
	},
	Calls: []contract.Draw[*ticketoversell.Office, int]{buy, buy, buy, left},
	Last:  []contract.Draw[*ticketoversell.Office, int]{left, buy, left},
}

// openOffice returns an office with that many free seats. Occasionally the hall is
// large, and all other seats are sold.
func openOffice(r *rand.Rand, free int) *ticketoversell.Office {
	sold := 0
	if r.IntN(8) == 0 {
		sold = life.Size(r, 300)
	}
	sold += life.Crowd(r, 1100)
	office := ticketoversell.NewOffice(free + sold)
	for range sold {
		_ = office.Buy(paid) // if it fails, Left shows it
	}
	return office
}

// Left returns the number of free seats.
func left(*rand.Rand) call {
	return call{
		Name:  "Left()",
		Do:    func(o *ticketoversell.Office, _ contract.Moments) any { return o.Left() },
		Steps: []step{func(free int) []outcome { return []outcome{{Out: free, After: free}} }},
	}
}

// Buy takes a free seat and lets the customer pay, or returns ErrSoldOut
// immediately. If the payment fails, the seat is free again when Buy returns. A
// payment delays no other call.
func buy(r *rand.Rand) call {
	return buying(someFailure(r))
}

// buying is a Buy whose payment returns failure; nil means that it succeeds.
func buying(failure error) call {
	c := call{
		Name:  "Buy(pay)",
		Slow:  true,
		Do:    func(o *ticketoversell.Office, m contract.Moments) any { return buys(o, m, failure) },
		Steps: []step{takes, func(free int) []outcome { return []outcome{{Out: "a ticket", After: free}} }},
	}
	if failure != nil {
		c.Name = fmt.Sprintf("Buy(pay fails: %v)", failure)
		c.Steps[1] = func(free int) []outcome { return []outcome{{Out: "that the payment failed", After: free + 1}} }
	}
	return c
}

// buyInVain is a Buy whose payment fails.
func buyInVain(*rand.Rand) call { return buying(errDeclined) }

func takes(free int) []outcome {
	if free == 0 {
		return []outcome{{Out: "sold out", After: free, Ends: true}}
	}
	return []outcome{{Out: "pay", After: free - 1}}
}

// someFailure returns the error of a payment, or nil. Some look like the office's own:
// something else is sold out, or took too long.
func someFailure(r *rand.Rand) error {
	return []error{nil, nil, nil, errDeclined, errDeclined, oracle.Sentinel("no limit left"), ticketoversell.ErrSoldOut,
		fmt.Errorf("gift cards: %w", ticketoversell.ErrSoldOut), life.Known(r), declinedElsewhere()}[r.IntN(10)]
}

// declinedElsewhere is what a Buy at another office returned.
func declinedElsewhere() error {
	return ticketoversell.NewOffice(1).Buy(func() error { return errDeclined })
}

func buys(o *ticketoversell.Office, m contract.Moments, failure error) string {
	asked := false
	err := o.Buy(func() error {
		asked = true
		m.Next("pay")
		return failure
	})
	switch {
	case err == nil:
		return "a ticket"
	case asked && failure != nil && errors.Is(err, failure):
		return "that the payment failed"
	case !asked && errors.Is(err, ticketoversell.ErrSoldOut):
		return "sold out"
	}
	return err.Error()
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, boxOffice, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, boxOffice, contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// Two seats come back because all payments fail, while another goroutine reads the
// display. The bug is rare here, so each schedule runs a few programs.
func TestScheduleSeatsComeBack(t *testing.T) {
	moody := boxOffice
	moody.New = func(r *rand.Rand) (*ticketoversell.Office, int) {
		seats := 2 + life.Crowd(r, 5000)
		office := ticketoversell.NewOffice(seats)
		sellBetween(office, seats)
		return office, 2
	}
	moody.Calls = []contract.Draw[*ticketoversell.Office, int]{buyInVain, left}
	moody.Busy = []contract.Draw[*ticketoversell.Office, int]{buyInVain}
	for range 6 {
		contract.Check(t, moody, contract.Shape{Goroutines: 3, Calls: 8, Many: 10})
	}
}

// sellBetween sells all of an office's seats but the first and the last one, wherever these
// are kept: two payments fail, one that begins before all others and one that begins
// after them.
func sellBetween(office *ticketoversell.Office, seats int) {
	var sell func(seat int) error
	sell = func(seat int) error {
		if seat < seats-1 {
			_ = office.Buy(func() error { return sell(seat + 1) }) // if it fails, Left shows it
		}
		if seat == 0 || seat == seats-1 {
			return errDeclined
		}
		return nil
	}
	_ = office.Buy(func() error { return sell(0) })
}

// A customer who takes a while to pay delays no other call.
func TestScheduleOneIsPaying(t *testing.T) {
	contract.Check(t, boxOffice, contract.Shape{Before: 1, Goroutines: 3, Calls: 1, Hold: true})
}

// Two offices have nothing to do with each other.
func TestTwoOffices(t *testing.T) {
	contract.Apart(t, boxOffice)
}
