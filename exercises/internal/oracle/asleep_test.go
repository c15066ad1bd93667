package oracle_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

// What sleeps until it is woken is left alone, and what wakes once a day is not.
func TestAssertSleeps(t *testing.T) {
	for name, c := range map[string]struct {
		every time.Duration
		fails bool
	}{"a century": {100 * 365 * 24 * time.Hour, false}, "a day": {24 * time.Hour, true}} {
		synctest.Test(t, func(t *testing.T) {
			inner, woken := &told{TB: t}, make(chan struct{})
			go func() {
				for {
					select {
					case <-woken:
						return
					case <-time.After(c.every):
					}
				}
			}()
			synctest.Wait()
			oracle.AssertSleeps(inner, "A goroutine waits")
			close(woken)
			assert.Equal(t, c.fails, inner.text != "", "%s: %s", name, inner.text)
		})
	}
}
