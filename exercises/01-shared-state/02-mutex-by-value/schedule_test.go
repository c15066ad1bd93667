package mutexbyvalue_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/02-mutex-by-value"
)

// Two requests are served at the same time, and each writes a line.
func TestScheduleTwoRequests(t *testing.T) {
	var journal strings.Builder
	shop := mutexbyvalue.New(&journal, 0)
	cart, billing := shop.With("cart"), shop.With("billing")
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, cart.Log("one lamp")) })
	group.Go(func() { assert.NoError(t, billing.Log("12 euros")) })
	group.Wait()
	if got := journal.String(); got != "1 cart: one lamp\n2 billing: 12 euros\n" {
		assert.Equal(t, "1 billing: 12 euros\n2 cart: one lamp\n", got, "two requests have written a line each: the journal has two lines, number 1 and number 2")
	}
}

// The shop writes a line while a request makes a logger of its own and writes one, too.
func TestScheduleShopAndRequest(t *testing.T) {
	var journal strings.Builder
	shop := mutexbyvalue.New(&journal, 0)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, shop.With("cart").With("coupons").Log("10 %")) })
	assert.NoError(t, shop.Log("open"))
	group.Wait()
	if got := journal.String(); got != "1 open\n2 cart: coupons: 10 %\n" {
		assert.Equal(t, "1 cart: coupons: 10 %\n2 open\n", got, "the shop and a request have written a line each: the journal has two lines, number 1 and number 2")
	}
}
