package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// brieflyAt writes a state as "g1 waits for mu; mu: g2".
func brieflyAt(s State) (texts []string) {
	for _, g := range s.Goroutines {
		if g.Doing == Waits {
			texts = append(texts, Name(g.Goroutine)+" "+standingWords(g, s))
		} else if g.Doing == Done {
			texts = append(texts, Name(g.Goroutine)+" is done")
		}
	}
	for _, l := range s.Locks {
		for _, h := range l.Holds {
			texts = append(texts, l.Object+": "+Name(h.Goroutine)+map[bool]string{true: " reads"}[h.Reading])
		}
	}
	return texts
}

func statesOf(t Test) (texts [][]string) {
	for _, s := range States(t) {
		texts = append(texts, brieflyAt(s))
	}
	return texts
}

func TestStatesOfADeadlock(t *testing.T) {
	step := func(g int, op, object string, line int) Step { return did(g, op, object, line, "x") }
	test := Test{Verdict: Deadlock,
		Trace:   []Step{step(1, "lock", "a", 1), step(2, "start", "", 5), step(2, "lock", "b", 6)},
		Waiting: []Waiting{{Goroutine: 1, Operation: "lock", Object: "b", Line: 2, HeldBy: 2}, {Goroutine: 2, Operation: "lock", Object: "a", Line: 7, HeldBy: 1}}}
	assert.Equal(t, [][]string{
		{"a: g1"}, // b is still free
		{"a: g1"},
		{"g1 waits for b, held by g2", "g2 waits for a, held by g1", "a: g1", "b: g2"},
	}, statesOf(test))
	assert.Equal(t, []int{2}, States(test)[2].Waiters("a"))
	_, started := States(test)[0].Of(2)
	assert.False(t, started)
}

// A lock is waited for until it is released, and again if another goroutine takes it first.
func TestStatesOfALockThatIsWaitedFor(t *testing.T) {
	step := func(g int, op string, flags ...string) Step { return did(g, op, "mu", g, "x", flags...) }
	woke := step(1, "unlock")
	woke.Wakes = []int{2, 3}
	test := Test{Trace: []Step{step(1, "lock"), step(2, "start"), step(3, "start"), woke, step(2, "lock", "waited"), step(2, "unlock"), step(3, "lock", "waited")}}
	test.Trace[1].Object, test.Trace[2].Object = "", ""
	assert.Equal(t, [][]string{
		{"mu: g1"},
		{"g2 waits for mu, held by g1", "mu: g1"},
		{"g2 waits for mu, held by g1", "g3 waits for mu, held by g1", "mu: g1"},
		{"g1 is done"},
		{"g1 is done", "g3 waits for mu, held by g2", "mu: g2"},
		{"g1 is done", "g2 is done"},
		{"g1 is done", "g2 is done", "g3 is done", "mu: g3"},
	}, statesOf(test))
}

// A reader can get in line behind a writer, and waits then. A writer waits for the one that
// is in line before it.
func TestStatesOfALine(t *testing.T) {
	step := func(g int, op string, flags ...string) Step { return did(g, op, "rw", g, "x", flags...) }
	start := func(g int) Step { return did(g, "start", "", g, "x") }
	reader := Test{Trace: []Step{step(1, "lock"), start(2), step(2, "rlock"), step(1, "unlock"), step(2, "rlock", "waited")}}
	assert.Equal(t, [][]string{
		{"rw: g1"},
		{"rw: g1"},
		{"g2 waits for rw, held by g1", "rw: g1"},
		{"g1 is done"},
		{"g1 is done", "g2 is done", "rw: g2 reads"},
	}, statesOf(reader))

	writers := Test{
		Trace:   []Step{step(1, "rlock"), step(2, "lock"), start(3)},
		Waiting: []Waiting{{Goroutine: 2, Operation: "lock", Object: "rw", Line: 2, HeldBy: 1}, {Goroutine: 3, Operation: "lock", Object: "rw", Line: 3, HeldBy: 2}},
	}
	assert.Equal(t, []string{"g1 is done", "g2 waits for rw, held by g1", "g3 waits for rw, behind g2", "rw: g1 reads"}, statesOf(writers)[2])
}

// A writer that waits for readers has not got the lock, and neither has a reader that waits
// for it.
func TestStatesOfAnRWMutex(t *testing.T) {
	step := func(g int, op string, flags ...string) Step { return did(g, op, "rw", g, "x", flags...) }
	test := Test{
		Trace:   []Step{step(1, "rlock"), step(3, "rlock"), step(2, "lock"), step(4, "rlock"), step(1, "runlock"), step(3, "runlock"), step(2, "lock", "waited")},
		Waiting: []Waiting{{Goroutine: 4, Operation: "rlock", Object: "rw", Line: 4, HeldBy: 2}},
	}
	all := statesOf(test)
	assert.Equal(t, []string{"rw: g1 reads", "rw: g3 reads"}, all[1])
	assert.Equal(t, []string{"g2 waits for rw, held by g1", "g4 waits for rw, behind g2", "rw: g1 reads", "rw: g3 reads"}, all[3])
	assert.Equal(t, []string{"g1 is done", "g2 waits for rw, held by g3", "g4 waits for rw, behind g2", "rw: g3 reads"}, all[4])
	assert.Equal(t, []string{"g1 is done", "g3 is done", "g2 is done", "g4 waits for rw, held by g2", "rw: g2"}[3:], all[6][3:])
}

// A TryLock has succeeded if its goroutine unlocks; else it is not known to have.
func TestStatesOfTryLock(t *testing.T) {
	step := func(op string) Step { return did(1, op, "mu", 1, "x") }
	assert.Equal(t, [][]string{nil, {"mu: g1"}, {"g1 is done"}}, statesOf(Test{Trace: []Step{step("trylock"), step("trylock"), step("unlock")}}))
	assert.Equal(t, [][]string{{"mu: g1 reads"}, {"g1 is done"}}, statesOf(Test{Trace: []Step{step("trylock"), step("runlock")}}))
}

// A goroutine waits on a Cond until it is woken, and then for the lock.
func TestStatesOfACond(t *testing.T) {
	step := func(g int, op, object string, flags ...string) Step { return did(g, op, object, g, "x", flags...) }
	signal := step(2, "signal", "cond")
	signal.Wakes = []int{1}
	test := Test{Trace: []Step{step(1, "lock", "mu"), step(1, "cond wait", "cond"), step(1, "unlock", "mu"), step(2, "lock", "mu"), signal, step(1, "cond wait", "cond", "waited"), step(2, "unlock", "mu"), step(1, "lock", "mu", "waited")}}
	assert.Equal(t, [][]string{
		{"mu: g1"}, {"mu: g1"}, {"g1 waits for a signal on cond"}, {"g1 waits for a signal on cond", "mu: g2"},
		{"mu: g2"}, {"g1 waits for mu, held by g2", "mu: g2"}, {"g2 is done"}, {"g1 is done", "g2 is done", "mu: g1"},
	}, statesOf(test))
}

// What a goroutine is started by comes before its first step.
func TestStatesBeginWithTheGoStatement(t *testing.T) {
	start := did(0, "go", "", 3, "go f()")
	start.Starts = 1
	states := States(Test{Trace: []Step{start, did(1, "start", "", 3, "go f()"), {Goroutine: -1, Wakes: []int{1}}}})
	g, ok := states[0].Of(1)
	assert.True(t, ok)
	assert.Equal(t, Standing{Goroutine: 1}, g)
	assert.Len(t, states[2].Goroutines, 2, "time is no goroutine")
	assert.Empty(t, States(Test{}))
}
