package sync

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// A Cond wakes as the standard library's does, and locks what L is at the time.
func TestCond(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		var mu, other Mutex
		woken, c := 0, NewCond(&mu)
		for range 3 {
			go func() {
				c.L.Lock()
				defer c.L.Unlock()
				c.Wait()
				woken++
			}()
		}
		for _, step := range []struct {
			wake func()
			want int
		}{{c.Signal, 1}, {c.Broadcast, 3}} {
			synctest.Wait()
			step.wake()
			synctest.Wait()
			mu.Lock()
			assert.Equal(t, step.want, woken)
			mu.Unlock()
		}

		c.L = &other
		other.Lock()
		go func() { other.Lock(); c.Signal(); other.Unlock() }()
		c.Wait()
		assert.False(t, other.TryLock())
		assert.True(t, mu.TryLock())
	})
}
