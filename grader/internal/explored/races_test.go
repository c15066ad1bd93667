package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The race detector's numbers become the lanes' names where the trace tells them.
func TestLocated(t *testing.T) {
	trace := lostUpdate()[:8]
	access := func(goroutine string, line int) Access {
		return Access{Operation: "write", Goroutine: goroutine, File: bank, Line: line}
	}
	names := func(races ...Access) (names []string) {
		for _, a := range located(races, trace) {
			names = append(names, a.Goroutine)
		}
		return names
	}
	assert.Equal(t, []string{"g2", "g1"}, names(access("goroutine 9", 21), access("goroutine 8", 21)), "the first is the one that ran last")
	assert.Equal(t, []string{"g1", "g2"}, names(access("goroutine 9", 21), access("g2", 21)), "a name that is known is kept, and taken")
	assert.Equal(t, []string{"goroutine 9", "g2"}, names(access("goroutine 9", 99), access("", 21)), "no step on that line")
	assert.Equal(t, []string{"goroutine 9"}, names(access("goroutine 9", 12)), "a start is not what its go statement does")
	known := access("g1", 21)
	known.Step = 5
	assert.Equal(t, 5, located([]Access{known}, trace)[0].Step, "the recorder knows better")
	known.Step = 99
	assert.Zero(t, located([]Access{known}, trace)[0].Step, "there is no such step")

	test := Test{Verdict: Race, Trace: trace, Races: []Access{access("goroutine 9", 21), access("goroutine 8", 21)}}
	assert.Equal(t, "g2 writes at bank.go:21 what g1 writes at bank.go:21, and nothing orders the two", Summarise(test, ""))
	assert.Contains(t, Picture(test, 80), "nothing orders the two lines marked ◆")
	assert.Equal(t, "goroutine 9", test.Races[0].Goroutine, "the data stay as they are")
}

// The picture of a race ends with its second access, and what is decisive comes before it.
func TestUntilRace(t *testing.T) {
	trace, races := lostUpdate(), located(raceTest().Races, lostUpdate())
	assert.Equal(t, trace[:10], untilRace(races, trace), "g1 writes last")
	assert.Equal(t, trace, untilRace(nil, trace))
	elsewhere := located([]Access{races[0], {Goroutine: "g2", File: bank, Line: 99}}, trace)
	assert.Equal(t, trace, untilRace(elsewhere, trace))

	after := append(lostUpdate()[:8], did(0, "memory", "", 60, "t.Log()", "switch"))
	text := Picture(Test{Verdict: Race, Trace: after, Races: raceTest().Races}, 80)
	assert.Contains(t, text, "◀ here g2 takes over")
	assert.NotContains(t, text, "t.Log()")
}

func TestHolder(t *testing.T) {
	step := func(g int, operation string) Step { return Step{Goroutine: g, Operation: operation, Object: "mu"} }
	for want, trace := range map[int][]Step{
		1:  {step(1, "lock"), step(2, "lock"), step(2, "unlock")},
		2:  {step(1, "lock"), step(1, "unlock"), step(2, "rlock")},
		3:  {step(3, "rlock"), step(3, "rlock"), step(3, "runlock")},
		-1: {step(1, "lock"), step(1, "unlock"), {Goroutine: 2, Operation: "lock", Object: "other"}},
	} {
		g, ok := holder(trace, len(trace)-1, 9, "mu")
		if !ok {
			g = -1
		}
		assert.Equal(t, want, g)
	}
	pending := []Step{step(2, "rlock"), step(1, "rlock"), step(1, "runlock"), step(1, "lock")}
	g, ok := holder(pending, 3, 1, "mu")
	assert.True(t, ok && g == 2, "a writer's lock is recorded before it waits for the reader")
	_, ok = holder(pending, 3, 2, "other")
	assert.False(t, ok)
	_, ok = holder([]Step{{Operation: "lock"}}, 0, 9, "")
	assert.False(t, ok, "what has no name is not held by name")
}

func TestPictureIsPlain(t *testing.T) {
	assert.Contains(t, Picture(deadlockTest(), 100), "✗ deadlock: no goroutine can go on")
	assert.NotContains(t, Picture(hostileTest(), 100), "\x1b")
	assert.Empty(t, Picture(Test{Verdict: Panic}, 100))
}
