package explore

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a lock itself writes has no name, but what the line calls it on has: code that copies a
// lock in use races with that.
func TestACopiedLockIsNamed(t *testing.T) {
	test := single(t, Options{Budget: Budget{Schedules: 20}, Race: true}, `import ("sync"; "testing")

type account struct { mu sync.Mutex }

func (a *account) use() {
	a.mu.Lock()
	a.mu.Unlock()
}

func TestX(t *testing.T) {
	list := []account{{}}
	first := &list[0]
	var wg sync.WaitGroup
	wg.Go(first.use)
	list = append(list, account{})
	wg.Wait()
}
`)
	require.Len(t, test.Races, 2, test.Summary)
	assert.Contains(t, []string{test.Races[0].Object, test.Races[1].Object}, "a.mu")
}
