package ledgertransfer_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/03-ledger-transfer"
)

// A bank is a ledger whose fees the test controls: a transfer stays in its Fee, with
// its accounts held, until the test releases it.
type bank struct {
	*ledgertransfer.Ledger
	*crew
	price int64

	mu    sync.Mutex
	asked []ledgertransfer.Order
	gates map[[2]int]chan struct{}
}

// open opens a bank with one account per balance.
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

// wasAsked reports whether the transfer has asked for its fee.
func (b *bank) wasAsked(from, to int) bool { return b.asks(from, to) > 0 }

// asks is how many transfers between the two have asked for their fees.
func (b *bank) asks(from, to int) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.asked {
		if o.From == from && o.To == to {
			n++
		}
	}
	return n
}

// transfer starts a transfer and lets it run as far as it can. It reports whether all
// goroutines are blocked now.
func (b *bank) transfer(from, to int, amount int64) bool {
	return b.run(func() {
		assert.NoError(b.t, b.Transfer(from, to, amount),
			"transfer of %d from account %d to account %d", amount, from, to)
	})
}

// hold starts a transfer whose fee is unknown until release is called.
func (b *bank) hold(from, to int, amount int64) (release func()) {
	gate := make(chan struct{})
	b.mu.Lock()
	b.gates[[2]int{from, to}] = gate
	b.mu.Unlock()
	b.transfer(from, to, amount)
	return func() { close(gate) }
}
