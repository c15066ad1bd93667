package explore

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// A leak hides nothing else, and is said beside it. What goleak is told to ignore is
// no leak, unless all are asked for.
func TestLeaks(t *testing.T) {
	few := Budget{Schedules: 100, Time: time.Minute, Steps: Normal.Steps}
	for leaks, want := range map[Leaks]map[string]explored.Verdict{
		"":        {"TestLeavesAndFails": explored.Leak, "TestLeaves": explored.Leak, "TestTopFunctionIsIgnored": explored.Leak, "TestEarlierAreIgnored": explored.Leak},
		LeaksTest: {"TestLeavesAndFails": explored.Wrong, "TestLeavesAndPublishes": explored.Unexplorable, "TestLeaves": explored.Leak, "TestTopFunctionIsIgnored": explored.Pass, "TestAnotherFunctionIsIgnored": explored.Leak, "TestPackageIsIgnored": explored.Pass, "TestEarlierAreIgnored": explored.Pass, "TestLaterAreNot": explored.Leak},
		LeaksAll:  {"TestLeavesAndFails": explored.Wrong, "TestLeaves": explored.Leak, "TestTopFunctionIsIgnored": explored.Leak, "TestEarlierAreIgnored": explored.Leak},
		LeaksOff:  {"TestLeavesAndFails": explored.Wrong, "TestLeaves": explored.Pass, "TestLaterAreNot": explored.Pass},
	} {
		s := prepared(t, "judged", "leaves", Options{Budget: few, Leaks: leaks})
		require.NoError(t, s.Ready())
		for test, verdict := range want {
			got, err := s.One(t.Context(), test)
			require.NoError(t, err)
			assert.Equal(t, verdict, got.Verdict, "%s, leaks %q: %s", test, leaks, got.Summary)
			if test != "TestLeavesAndFails" || verdict != explored.Wrong || leaks == LeaksOff {
				assert.Nil(t, got.Left)
				continue
			}
			assert.Contains(t, got.Summary, "n is 1")
			require.NotNil(t, got.Left)
			assert.Contains(t, got.Left.Summary, "is left: it")
			again := *s
			again.Schedule = got.Left.Schedule[len(test+"@"):]
			left, err := again.One(t.Context(), test)
			require.NoError(t, err)
			assert.Equal(t, explored.Leak, left.Verdict)
			assert.False(t, left.Varies)
		}
	}
}

// Beside a race no leak is told if leaks are not asked for.
func TestLeaksBesideARace(t *testing.T) {
	for leaks, told := range map[Leaks]bool{LeaksTest: true, LeaksOff: false} {
		s := prepared(t, "judged", "leaves", Options{Budget: Budget{Schedules: 20, Time: time.Minute, Steps: Normal.Steps}, Leaks: leaks})
		got, err := s.One(t.Context(), "TestLeavesAndRaces")
		require.NoError(t, err)
		assert.Equal(t, explored.Race, got.Verdict)
		assert.Equal(t, told, strings.Contains(got.Story, "is left"), got.Story)
	}
}

// Whether one process finds it or many, the finding is shown rather than the leak.
func TestLeaksOfManyProcesses(t *testing.T) {
	s := prepared(t, "judged", "leaves", Options{Budget: Budget{Schedules: alone + 50, Time: time.Minute, Steps: Normal.Steps}, Leaks: LeaksTest})
	got, err := s.One(t.Context(), "TestLeaves")
	require.NoError(t, err)
	assert.Equal(t, explored.Leak, got.Verdict)
	assert.Equal(t, alone+50, got.Schedules)
	assert.Equal(t, 1, got.Number)
	assert.Nil(t, got.Left)
}

// What takes a stall says so, and for how long.
func TestStall(t *testing.T) {
	s := prepared(t, "judged", "leaves", Options{Budget: Budget{Schedules: 200, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestSleepsInsteadOfWaiting")
	require.NoError(t, err)
	assert.Equal(t, explored.Wrong, got.Verdict)
	assert.Equal(t, "1ms", got.Stall)
	got, err = s.One(t.Context(), "TestLeavesAndFails")
	require.NoError(t, err)
	assert.Empty(t, got.Stall)
}

// A test with nothing to choose runs once, unless it draws random numbers.
func TestOneSchedule(t *testing.T) {
	s := prepared(t, "judged", "leaves", Options{Race: true, Budget: Budget{Schedules: 300, Time: time.Minute, Steps: Normal.Steps}})
	for test, want := range map[string]int{"TestNothingToChoose": 1, "TestDraws": 300} {
		got, err := s.One(t.Context(), test)
		require.NoError(t, err)
		assert.Equal(t, explored.Pass, got.Verdict)
		assert.Equal(t, want, got.Schedules, test)
		assert.Equal(t, want == 1, got.Only, test)
	}
}

// What go test would run and the explorer does not, it says.
func TestNotExplored(t *testing.T) {
	s := prepared(t, "judged", "sees", Options{})
	assert.Equal(t, []string{"FuzzIsNotExplored", "Example_isNotExplored"}, s.targets[0].other)
}

// Of subtests, those run that the pattern asks for, here and in a replay.
func TestSubtests(t *testing.T) {
	for _, c := range []struct {
		subs []string
		want explored.Verdict
	}{
		{nil, explored.Wrong}, {[]string{"passes"}, explored.Pass}, {[]string{"fails"}, explored.Wrong},
		{[]string{"", "here"}, explored.Wrong}, {[]string{"fails", "^ere"}, explored.Pass}, {[]string{"fails", "there"}, explored.Pass},
	} {
		s := prepared(t, "judged", "leaves", Options{Budget: Budget{Schedules: 3, Time: time.Minute, Steps: Normal.Steps}, Subs: c.subs})
		got, err := s.One(t.Context(), "TestSubs")
		require.NoError(t, err)
		assert.Equal(t, c.want, got.Verdict, "%v: %s", c.subs, got.Summary)
	}
}

// A timeout is not forced to fire while there is a lot to do that does not wait for it.
func TestWorkBesideATimeout(t *testing.T) {
	s := prepared(t, "judged", "leaves", Options{Budget: Budget{Schedules: 5, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestWork")
	require.NoError(t, err)
	assert.Equal(t, explored.Pass, got.Verdict, got.Summary)
	assert.Zero(t, got.Doubts)
}
