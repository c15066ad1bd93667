package explore

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/wire"
)

func locks(steps ...[2]int) (trace []wire.Step) {
	for _, s := range steps {
		trace = append(trace, wire.Step{G: int32(s[0]), Op: "lock", Site: 7, Obj: s[1]})
	}
	return trace
}

// Each run numbers its objects by their first appearance. What goroutines do tells which are
// the same, also where one has only come as far as to wait.
func TestObjectsOfRunsAreTheSame(t *testing.T) {
	o := newObjects()
	first := locks([2]int{1, 1}, [2]int{2, 2}, [2]int{1, 2})
	second := locks([2]int{2, 1}, [2]int{1, 2})
	o.learn(0, first)
	o.learn(1, second)
	o.expect(1, second, 2, []wire.Waiting{{G: 1, Op: "lock", Site: 7, Obj: 3}})
	o.settle()
	assert.True(t, o.vague, "the third object is the first goroutine's second, which is the second's first")

	o = newObjects()
	o.learn(0, first)
	o.learn(1, second)
	o.expect(1, second, 2, []wire.Waiting{{G: 1, Op: "lock", Site: 7, Obj: 1}})
	o.settle()
	assert.Equal(t, o.number(0, 1), o.number(1, 2))
	assert.Equal(t, o.number(0, 2), o.number(1, 1))
	assert.NotEqual(t, o.number(0, 1), o.number(0, 2))
	assert.Zero(t, o.number(0, 0))
}

// Where it depends on the order what a step is on, no object is known.
func TestObjectsThatDependOnTheOrder(t *testing.T) {
	o := newObjects()
	o.learn(0, locks([2]int{1, 1}, [2]int{2, 2}))
	o.learn(1, locks([2]int{1, 1}, [2]int{2, 1}))
	o.learn(2, locks([2]int{1, 1}, [2]int{2, 2}))
	o.settle()
	assert.True(t, o.vague)
	assert.Zero(t, o.number(0, 1))
}
