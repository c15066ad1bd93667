package explore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// Each test fails in some order or other, which is what its trace is of.
const channelsProgram = `package x

import (
	"sync"
	"testing"
)

type box struct{ name string }

func passOn[T any](t *testing.T, capacity int, values ...T) {
	queue, quit := make(chan T, capacity), make(chan bool)
	var group sync.WaitGroup
	for _, half := range [][]T{values[:len(values)/2], values[len(values)/2:]} {
		group.Go(func() {
			for i, v := range half {
				if i%2 == 0 {
					queue <- v
					continue
				}
				select {
				case queue <- v:
				case <-quit:
				}
			}
		})
	}
	group.Go(func() {
		for range values {
			select {
			case <-queue:
			case <-quit:
			}
		}
	})
	for range 2 {
		group.Go(func() { <-queue; <-queue })
	}
	for range 4 {
		select {
		case quit <- true:
		case queue <- values[0]:
		}
	}
	group.Wait()
	close(queue)
	_, open := <-queue
	t.Error("open:", open)
}

func TestOne(t *testing.T)   { passOn(t, 1, 1, 2, 3, 4) }
func TestTwo(t *testing.T)   { passOn(t, 2, "a", "b", "c", "d", "e", "f") }
func TestFive(t *testing.T)  { passOn(t, 5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5) }
func TestNone(t *testing.T)  { passOn(t, 0, 1, 2, 3, 4) }
func TestBoxes(t *testing.T) { passOn(t, 2, box{"a"}, box{"b"}, box{"c"}, box{"d"}) }
`

// What a channel is said to hold is what is received from it next, in whatever order.
func TestChannelsHoldWhatIsReceived(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n\ngo 1.25\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x_test.go"), []byte(channelsProgram), 0o600))
	received, full, closed := map[string]int{}, map[string]bool{}, map[string]bool{}
	for seed := range uint64(2) {
		r, err := Explore(t.Context(), Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Patterns: []string{"."}, Race: true, Seed: seed + 1, Budget: Budget{Schedules: 50, Time: Normal.Time, Steps: Normal.Steps}, Processors: 1})
		require.NoError(t, err)
		for _, test := range r.Packages[0].Tests {
			states := explored.States(test)
			for i, step := range test.Trace {
				queue, ok := queueOf(states[i])
				if !ok {
					continue
				}
				assert.LessOrEqual(t, queue.Length, queue.Capacity, "%s: step %d", test.Name, i)
				full[test.Name] = full[test.Name] || queue.Length == queue.Capacity
				if queue.Closed {
					closed[test.Name] = true
				}
				value, is := strings.CutPrefix(step.Returned, "→ ")
				if before, ok := queueOf(states[max(i-1, 0)]); ok && is && step.Operation == "receive" && len(before.Holds) > 0 {
					assert.Equal(t, before.Holds[0], value, "%s: step %d", test.Name, i)
					received[test.Name]++
				}
			}
		}
	}
	assert.Greater(t, received["TestOne"]+received["TestTwo"]+received["TestFive"], 5)
	for _, name := range []string{"TestOne", "TestTwo", "TestFive"} {
		assert.True(t, full[name], name)
	}
	assert.Zero(t, received["TestNone"])
	assert.Zero(t, received["TestBoxes"], "they are not simple")
	assert.True(t, full["TestBoxes"], "how many there are is known")
	assert.NotEmpty(t, closed)
}

func queueOf(s explored.State) (explored.Channel, bool) {
	i := slices.IndexFunc(s.Channels, func(c explored.Channel) bool { return c.Object == "queue" })
	if i < 0 {
		return explored.Channel{}, false
	}
	return s.Channels[i], true
}
