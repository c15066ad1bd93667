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
	assertJournal(t, journal.String(), "cart: one lamp", "billing: 12 euros")
}

// The shop writes a line while a request makes a logger of its own and writes one, too.
func TestScheduleShopAndRequest(t *testing.T) {
	var journal strings.Builder
	shop := mutexbyvalue.New(&journal, 0)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, shop.With("cart").With("coupons").Log("10 %")) })
	assert.NoError(t, shop.Log("open"))
	group.Wait()
	assertJournal(t, journal.String(), "open", "cart: coupons: 10 %")
}

// assertJournal fails t unless the journal has these two lines, in one order or the other.
func assertJournal(t *testing.T, journal, one, other string) {
	t.Helper()
	if journal != "1 "+one+"\n2 "+other+"\n" && journal != "1 "+other+"\n2 "+one+"\n" {
		lines := strings.ReplaceAll(strings.TrimSuffix(journal, "\n"), "\n", "\n  ")
		t.Errorf("two lines were written, and this is the journal:\n\n  %s", lines)
	}
}
