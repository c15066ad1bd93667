package oracle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

// A suite is what Luck judges; it notes what is said about it.
type suite struct {
	*testing.T
	name string
	said []any
}

func (s *suite) Name() string                     { return s.T.Name() + s.name }
func (s *suite) Error(said ...any)                { s.said = append(s.said, said...) }
func (s *suite) Failed() bool                     { return len(s.said) > 0 }
func (s *suite) asks(n int, ask func(int) string) { oracle.Luck(s, n, ask) }

func TestLuck(t *testing.T) {
	asked := map[int]int{}
	note := func(i int) string {
		asked[i]++
		return ""
	}
	good := &suite{T: t, name: "good"}
	good.asks(3, note)
	assert.Empty(t, good.said)
	want := map[int]int{0: 10, 1: 10, 2: 10}
	if racing {
		want = map[int]int{}
	}
	assert.Equal(t, want, asked)
	good.asks(3, note)
	assert.Equal(t, want, asked, "in a later run it does not ask")

	if !racing {
		n := 0
		lucky := &suite{T: t, name: "lucky"}
		lucky.asks(1, func(int) string {
			if n++; n > 4 {
				return "passes"
			}
			return ""
		})
		assert.Equal(t, 5, n, "it stops at the first wrong answer")
		assert.Equal(t, []any{"passes\nAsked about the same bug before, it was right (4 times out of 4): it needs luck"}, lucky.said)
	}
}
