package explored

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSummariseDeadlock(t *testing.T) {
	lock := func(g int, object string, heldBy int) Waiting {
		return Waiting{Goroutine: g, Operation: "lock", Object: object, File: bank, Line: 30 + g, HeldBy: heldBy}
	}
	wg := Waiting{Operation: "waitgroup wait", Object: "wg", File: bank, Line: 9, HeldBy: -1}
	took := []Step{did(1, "lock", "a", 10, "a.Lock()"), did(1, "unlock", "a", 11, "a.Unlock()"), did(1, "lock", "a", 12, "a.Lock()"), did(2, "rlock", "b", 20, "b.RLock()")}
	for want, test := range map[string]Test{
		"g1 holds a (bank.go:12) and waits for b; g2 holds b (bank.go:20) and waits for a: neither can go on": {Trace: took, Waiting: []Waiting{lock(1, "b", 2), lock(2, "a", 1)}},
		"g1 holds a and waits for b; g2 holds b and waits for a: neither can go on":                           {Waiting: []Waiting{lock(1, "b", 2), lock(2, "a", 1)}},
		"g1 holds a and waits for b; g2 holds b and waits for a: neither can go on. Behind that, the test waits for wg (bank.go:9)": {
			Waiting: []Waiting{wg, lock(1, "b", 2), lock(2, "a", 1)}},
		"g1 holds a and waits for b; g2 holds b and waits for c; g3 holds c and waits for a: none of them can go on":  {Waiting: []Waiting{lock(1, "b", 2), lock(2, "c", 3), lock(3, "a", 1)}},
		"the test holds mu and waits for it again: it can never go on":                                                {Waiting: []Waiting{lock(0, "mu", 0)}},
		"g1 holds a lock and waits for a lock; g2 holds a lock and waits for a lock: neither can go on":               {Waiting: []Waiting{lock(1, "", 2), lock(2, "", 1)}},
		"the test waits for wg (bank.go:9), and no goroutine will call Done":                                          {Waiting: []Waiting{wg}},
		"the test waits for wg (bank.go:9); g1 waits for mu (bank.go:31): no goroutine can go on":                     {Waiting: []Waiting{wg, lock(1, "mu", 7)}},
		"the test waits for b (bank.go:30) behind g1; g1 waits for b (bank.go:31) behind the test: neither can go on": {Waiting: []Waiting{lock(0, "b", 1), lock(1, "b", 0)}},
		"g1 holds a (bank.go:3) and waits for b; g2 holds b and waits for a: neither can go on": {
			Waiting: []Waiting{lock(1, "b", 2), lock(2, "a", 1)}, Trace: []Step{did(1, "rlock", "a", 3, ""), did(1, "rlock", "a", 4, ""), did(1, "runlock", "a", 5, "")}},
		"no goroutine can go on": {},
	} {
		test.Verdict = Deadlock
		assert.Equal(t, want, Summarise(test, ""))
	}
	assert.Equal(t, "6 goroutines wait in a cycle, each for what the next one holds, starting with g1 and g2: none of them can go on", manyTest(6).Summary)
}

func TestSummariseLeak(t *testing.T) {
	send := func(g int) Waiting {
		return Waiting{Goroutine: g, Operation: "send", Object: "ch", File: "x.go", Line: 9, HeldBy: -1}
	}
	for want, waiting := range map[string][]Waiting{
		"g3 is left: it waits to send on ch (x.go:9), and no goroutine will receive":                                               {send(3)},
		"g3 and g4 are left: each waits to send on ch (x.go:9), and no goroutine will receive":                                     {send(3), send(4)},
		"g1, g2, g3, g4 and others are left: each waits to send on ch (x.go:9), and no goroutine will receive":                     {send(1), send(2), send(3), send(4), send(5), send(6)},
		"g1 is left: it waits for mu, which g2 holds":                                                                              {{Goroutine: 1, Operation: "lock", Object: "mu", HeldBy: 2}},
		"g1 is left: it waits in a select (x.go:4), and none of its cases will ever be ready":                                      {{Goroutine: 1, Operation: "select", File: "x.go", Line: 4, HeldBy: -1}},
		"g1 is left: it waits to receive, and no goroutine will send or close it; g2 is left: it sleeps, and nothing will wake it": {{Goroutine: 1, Operation: "receive", HeldBy: -1}, {Goroutine: 2, Operation: "sleep", HeldBy: -1}},
		"g1 is left: it still works (x.go:4), long after the test has ended":                                                       {{Goroutine: 1, Operation: Late, File: "x.go", Line: 4, HeldBy: -1}},
		"g1 is left: it waits to receive from ch (nil) (x.go:4), and a receive from a nil channel blocks forever":                  {{Goroutine: 1, Operation: NilReceive, Object: "ch", File: "x.go", Line: 4, HeldBy: -1}},
		"g1 is left: it waits to send on ch (nil), and a send on a nil channel blocks forever":                                     {{Goroutine: 1, Operation: NilSend, Object: "ch", HeldBy: -1}},
		"g1 is left: it waits in an empty select, and an empty select blocks forever":                                              {{Goroutine: 1, Operation: EmptySelect, HeldBy: -1}},
		"a goroutine is left when the test has ended":                                                                              nil,
	} {
		assert.Equal(t, want, Summarise(Test{Verdict: Leak, Waiting: waiting}, ""))
	}
	started := []Step{{Goroutine: 3, Operation: "start", File: "x.go", Line: 2}, {Goroutine: 4, Operation: "start", File: "x.go", Line: 3}}
	assert.Equal(t, "g3, started at x.go:2, is left: it waits to send on ch (x.go:9), and no goroutine will receive",
		Summarise(Test{Verdict: Leak, Waiting: []Waiting{send(3)}, Trace: started}, ""))
	assert.Equal(t, "g3 and g4 are left: each waits to send on ch (x.go:9), and no goroutine will receive",
		Summarise(Test{Verdict: Leak, Waiting: []Waiting{send(3), send(4)}, Trace: started}, ""))
}

func TestSummariseRace(t *testing.T) {
	write := Access{Operation: "write", Goroutine: "g1", Object: "c.n", File: "a/c.go", Line: 3}
	read := Access{Operation: "read", Goroutine: "g2", File: "a/c.go", Line: 9}
	race := func(a, b Access) string { return Summarise(Test{Verdict: Race, Races: []Access{a, b}}, "ignored") }
	assert.Equal(t, "g1 writes c.n at c.go:3, g2 reads it at c.go:9, and nothing orders the two", race(write, read))
	assert.Equal(t, "g1 writes c.n at c.go:3, g2 reads it at c.go:9, and nothing orders the two", race(read, write), "the side that has a name comes first")
	write.Object = ""
	assert.Equal(t, "g1 writes at c.go:3 what g2 reads at c.go:9, and nothing orders the two", race(write, read))
	write.Goroutine, read.Goroutine = "", ""
	assert.Equal(t, "one goroutine writes at c.go:3 what another reads at c.go:9, and nothing orders the two", race(write, read))
	assert.Equal(t, "two goroutines touch the same memory, and nothing orders the two", Summarise(Test{Verdict: Race}, ""))

	named := Access{Operation: "atomic write", Goroutine: "g1", Object: "c.n", File: "a/c.go", Line: 3}
	other := Access{Operation: "read", Goroutine: "test", Object: "s.n", File: "a/c.go", Line: 9}
	assert.Equal(t, "g1 atomically writes c.n at c.go:3, the test reads s.n at c.go:9: they are the same memory, and nothing orders the two", race(named, other))
	add := Access{Operation: WaitGroupAdd, Goroutine: "g1", Object: "c.wg", File: "a/c.go", Line: 3, Source: "c.wg.Add(1)"}
	wait := Access{Operation: WaitGroupWait, Goroutine: "test", Object: "c.wg", File: "a/c.go", Line: 9}
	const misuse = "g1 calls c.wg.Add at c.go:3 while the test is in c.wg.Wait at c.go:9; Add must happen before Wait, and nothing makes it"
	assert.Equal(t, misuse, race(add, wait))
	assert.Equal(t, misuse, race(wait, add))
	add.Source = "c.wg.Go(func() {"
	assert.Contains(t, race(add, wait), "g1 calls c.wg.Go at")
}

// Testify's own layout is for the detail: the summary is the test's words, and the
// first line of what is wrong.
func TestAssertion(t *testing.T) {
	const diff = "TestX: Error Trace:\t/x_test.go:8\n\tError:      \tNot equal: \n\t            \texpected: []string{\"a\", \"b\"}\n\t            \tactual  : []string{\"a\"}\n\t            \t\n" +
		"\t            \tDiff:\n\t            \t--- Expected\n\t            \t+++ Actual\n\tTest:       \tTestX\n\tMessages:   \tthere are two pages.\n\t            \tand 3\n"
	for message, want := range map[string]string{
		diff: "there are two pages. and 3 (Not equal: expected: []string{\"a\", \"b\"}, actual: []string{\"a\"})",
		"\tError Trace:\tx:1\n\tError:      \tShould be true\n":                                                                                                          "Should be true",
		"\tError Trace:\tx:1\n\tError:      \tReceived unexpected error:\n\t            \tsold out\n\tMessages:   \tm\n":                                                 "m (Received unexpected error: sold out)",
		"\tError Trace:\tx:1\n\tError:      \tNot equal: \n\t            \texpected: " + strings.Repeat("x", 199) + "\n\t            \tactual  : 1\n\tMessages:   \tm\n": "m (Not equal)",
		"\tError Trace:\tx:1\n\tError:      \tReceived unexpected error:\n\t            \tchmod " + strings.Repeat("x", 99) + ": no such file\n\tTest:       \tTestX\n":  "Received unexpected error: chmod " + strings.Repeat("x", 99) + ": no such file",
		"TestX: one call failed\nexpected an error\n     got: <nil>":                                                                                                     "one call failed; expected an error; got: <nil>",
		"TestX/sub: no": "TestX/sub: no",
	} {
		assert.Equal(t, "the test fails: "+want, Summarise(Test{Name: "TestX", Verdict: Wrong}, message))
	}
}

func TestSummariseMessages(t *testing.T) {
	for _, c := range []struct {
		verdict       Verdict
		message, want string
	}{
		{Wrong, wrongTest().Detail, "the test fails: an increment is lost (Not equal: expected: 2, actual: 1)"},
		{Wrong, "x_test.go:3: got 1,\n  want 2", "the test fails: x_test.go:3: got 1, want 2"},
		{Wrong, "Error: is its own word", "the test fails: Error: is its own word"},
		{Wrong, "", "the test fails: it does not say why"},
		{Panic, "close of closed channel\n", "panic: close of closed channel"},
		{Panic, "", "panic: without a message"},
		{Running, "no step in 5 s", "no step in 5 s"},
		{Running, "", "it had not ended when its time was up"},
		{Unexplorable, "it needs the network", "it needs the network"},
		{Unexplorable, "", "the explorer does not say why"},
		{Pass, "", ""},
	} {
		assert.Equal(t, c.want, Summarise(Test{Verdict: c.verdict}, c.message))
	}
	assert.Equal(t, "it ran out of memory", Summarise(Test{Verdict: Panic, Exceeded: "memory"}, "it ran out of memory"))
}

// A replay that ran other steps than the schedule has is not said to have run the same.
func TestReplayOfOtherCode(t *testing.T) {
	test := Test{Verdict: Pass, Replays: 1, Same: 1}
	assert.Equal(t, []string{"Replayed once: the same steps, to the same end."}, notes(test))
	assert.Equal(t, []string{"Replayed 3 times: each time the same steps, to the same end."}, notes(Test{Verdict: Pass, Replays: 3, Same: 3}))
	assert.Equal(t, []string{"Replayed 3 times: 2 ran the same steps, to the same end."}, notes(Test{Verdict: Pass, Replays: 3, Same: 2}))
	test.Varies = true
	told := notes(test)
	assert.Len(t, told, 1)
	assert.Contains(t, told[0], "It ran other steps than when the schedule was found")
	test.Replays = 2
	assert.Len(t, notes(test), 2)
}

// A name that no test has is told from one that several have: of those, only these are named.
func TestChooseTells(t *testing.T) {
	tests := []string{"TestOne", "TestOneMore", "TestOther"}
	_, err := Choose(tests, "nope")
	assert.EqualError(t, err, "\"nope\" names no test; name one of these\n  TestOne\n  TestOneMore\n  TestOther")
	_, err = Choose(tests, "one")
	assert.EqualError(t, err, "\"one\" names several tests; name one of these\n  TestOne\n  TestOneMore")
	name, err := Choose(tests, "TestOne")
	assert.NoError(t, err)
	assert.Equal(t, "TestOne", name)
}

// What is set aside in several tests that pass is told once, with the sum.
func TestDoubtsAreSummed(t *testing.T) {
	shown := func(tests ...Test) string {
		var b strings.Builder
		assert.NoError(t, WriteTerminal(&b, Report{Packages: []Package{{Package: "p", Tests: tests}}}, Options{Width: 400}))
		return b.String()
	}
	a, b := Test{Name: "TestA", Verdict: Pass, Doubts: 3}, Test{Name: "TestB", Verdict: Pass, Doubts: 4}
	assert.Contains(t, shown(a), "    3 failures set aside")
	both := shown(a, b)
	assert.Equal(t, 1, strings.Count(both, "set aside"), both)
	assert.Contains(t, both, "\n2 tests that pass have 7 failures set aside")
}
