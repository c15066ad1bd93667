package history

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

type queue struct {
	items    []int
	capacity int
	closed   bool
}

type book struct {
	pages map[string]int
	lines [][]string
	err   error
	size  uint8
	share float64
}

// Two states have the same key if, and only if, they print alike, as long as no text in them
// could be taken for two.
func TestKeysTellStatesApart(t *testing.T) {
	failed := errors.New("failed")
	states := []any{
		nil, 1, 2, "", "a", [2]int{1, 2}, [2]int{2, 1}, struct{ a, b string }{"a", "b"}, struct{ a, b string }{"b", "a"},
		queue{}, queue{items: []int{1}}, queue{items: []int{1, 2}}, queue{items: []int{2, 1}}, queue{items: []int{-1, 12}},
		queue{capacity: 1}, queue{closed: true}, queue{items: []int{1}, closed: true},
		book{}, book{pages: map[string]int{"a": 1, "b": 2}}, book{pages: map[string]int{"b": 1, "a": 2}},
		book{lines: [][]string{{"a"}, {"b"}}}, book{lines: [][]string{{"a", "b"}}}, book{lines: [][]string{{"ab"}}},
		book{err: failed}, book{err: errors.New("lost")}, book{size: 1}, book{share: 0.5},
	}
	for _, a := range states {
		for _, b := range states {
			assert.Equal(t, fmt.Sprintf("%T%+v", a, a) == fmt.Sprintf("%T%+v", b, b), typed(a) == typed(b), "%+v\n%+v", a, b)
		}
	}
	assert.Equal(t, typed(queue{}), typed(queue{items: []int{}}), "a model does not care whether a slice is nil")
}

// Texts that print alike are different states.
func TestKeysOfTexts(t *testing.T) {
	assert.NotEqual(t, typed([]string{"a b"}), typed([]string{"a", "b"}))
	assert.NotEqual(t, typed([]string{"", "a"}), typed([]string{"a", ""}))
}

// A walk that has begun in a state of one type may come to one of another.
func TestKeysOfSeveralTypes(t *testing.T) {
	key := keys("closed")
	assert.Equal(t, "open", key("open"))
	assert.Equal(t, key([]int{1}), key([]int{1}))
	assert.NotEqual(t, key([]int{1}), key([]int{2}))
	assert.Equal(t, 1, key(1))
}

func typed(state any) string { return fmt.Sprintf("%T%v", state, keys(state)(state)) }

// BenchmarkKeys measures the keys of a state that can be compared and of one that cannot.
func BenchmarkKeys(b *testing.B) {
	for _, state := range []any{struct{ a, b int }{1, 2}, queue{items: []int{1, 2, 3}}} {
		b.Run(fmt.Sprintf("%T", state), func(b *testing.B) {
			key, seen := keys(state), map[any]bool{}
			for b.Loop() {
				seen[key(state)] = true
			}
		})
	}
}
