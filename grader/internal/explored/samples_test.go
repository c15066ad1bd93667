package explored

import (
	"fmt"
	"strings"
)

// Traces as the explorer records them, of small programs that people write.

const bank = "bank/bank.go"

// did is a step in a file; the flags are words: switch, waited.
func did(goroutine int, operation, object string, line int, source string, flags ...string) Step {
	s := Step{Goroutine: goroutine, Operation: operation, Object: object, File: bank, Line: line, Source: source}
	for _, f := range flags {
		switch waitedFor, ok := strings.CutPrefix(f, "for "); {
		case ok:
			s.WaitedFor = waitedFor
		case f == "switch":
			s.Switch = true
		case f == "waited":
			s.Waited = true
		}
	}
	return s
}

func in(file string, s Step) Step {
	s.File = file
	return s
}

// spawned is how the test starts n goroutines.
func spawned(n, line int) (steps []Step) {
	for i := range n {
		steps = append(steps, did(0, "go", "", line+i, "go func() {"))
	}
	return steps
}

// lostUpdate: g2 comes between the two halves of g1's increment.
func lostUpdate() []Step {
	return append(spawned(2, 12),
		did(0, "waitgroup wait", "wg", 15, "wg.Wait()"),
		did(1, "start", "", 12, "go func() {"),
		did(1, "memory", "", 21, "c.n++"),
		did(2, "start", "", 13, "go func() {", "switch"),
		did(2, "memory", "", 21, "c.n++"),
		did(2, "memory", "", 21, "c.n++"),
		did(2, "waitgroup add", "wg", 14, "wg.Done()"),
		did(1, "memory", "", 21, "c.n++"),
		did(1, "waitgroup add", "wg", 14, "wg.Done()"),
		did(0, "waitgroup wait", "wg", 15, "wg.Wait()", "waited", "for wg"),
		in("bank/bank_test.go", did(0, "memory", "", 40, "assert.Equal(t, 2, c.n)")))
}

func raceTest() Test {
	return Test{
		Name: "TestRace", Verdict: Race, Schedules: 3, Schedule: "4.1x2.a~x9f0", Seconds: 0.01,
		Summary: "g1 writes c.n at bank.go:21, g2 writes it at bank.go:21, and nothing orders the two", Trace: lostUpdate()[:8],
		Races: []Access{
			{Operation: "write", Goroutine: "g1", Object: "c.n", File: bank, Line: 21, Source: "c.n++"},
			{Operation: "write", Goroutine: "g2", Object: "c.n", File: bank, Line: 21, Source: "c.n++", Function: "bank.(*Counter).Add"},
		},
	}
}

func wrongTest() Test {
	message := "\n\tError Trace:\tbank_test.go:40\n\tError:      \tNot equal:\n\t            \texpected: 2\n\t            \tactual  : 1\n\tTest:       \tTestWrong\n\tMessages:   \tan increment is lost\n"
	t := Test{Name: "TestWrong", Verdict: Wrong, Schedules: 1204, Schedule: "4.1~k20a", Detail: message, Trace: lostUpdate(), Seconds: 0.3}
	t.Summary = Summarise(t, message)
	return t
}

// deadlockTest: two transfers in opposite directions.
func deadlockTest() Test {
	t := Test{Name: "TestDeadlock", Verdict: Deadlock, Schedules: 2, Schedule: "2.3~0a1b", Seconds: 0.002,
		Trace: append(spawned(2, 12),
			did(0, "waitgroup wait", "wg", 17, "wg.Wait()"),
			did(1, "start", "", 12, "go func() {"),
			did(1, "lock", "from.mu", 30, "from.mu.Lock()"),
			did(2, "start", "", 13, "go func() {", "switch"),
			did(2, "lock", "to.mu", 30, "from.mu.Lock()"),
			did(2, "memory", "", 31, "if from.balance < amount { // a transfer must never overdraw the account that it comes from"),
			did(1, "memory", "", 31, "if from.balance < amount { // a transfer must never overdraw the account that it comes from")),
		Waiting: []Waiting{
			{Goroutine: 0, Operation: "waitgroup wait", Object: "wg", File: bank, Line: 17, Source: "wg.Wait()", HeldBy: -1},
			{Goroutine: 1, Operation: "lock", Object: "to.mu", File: bank, Line: 34, Source: "to.mu.Lock()", HeldBy: 2},
			{Goroutine: 2, Operation: "lock", Object: "from.mu", File: bank, Line: 34, Source: "to.mu.Lock()", HeldBy: 1},
		}}
	t.Summary = Summarise(t, "")
	return t
}

// leakTest: the first answer wins, and the second is never received.
func leakTest() Test {
	file := func(s Step) Step { return in("fetch/first_answer.go", s) }
	t := Test{Name: "TestLeak", Verdict: Leak, Schedules: 1, Schedule: "-~aaaa", Seconds: 0.002,
		Trace: []Step{
			file(did(0, "go", "", 8, "go ask(a, ch)")), file(did(0, "go", "", 9, "go ask(b, ch)")),
			file(did(0, "receive", "ch", 11, "return <-ch")),
			file(did(1, "start", "", 8, "go ask(a, ch)")),
			file(did(1, "send", "ch", 16, "ch <- server.Answer()")),
			file(did(0, "resume", "ch", 11, "return <-ch", "waited")),
			in("fetch/first_answer_test.go", did(0, "memory", "", 22, `assert.Equal(t, "a", got)`)),
			file(did(2, "start", "", 9, "go ask(b, ch)")),
			file(did(2, "send", "ch", 16, "ch <- server.Answer()")),
		},
		Waiting: []Waiting{{Goroutine: 2, Operation: "send", Object: "ch", File: "fetch/first_answer.go", Line: 16, Source: "ch <- server.Answer()", HeldBy: -1}}}
	t.Summary = Summarise(t, "")
	return t
}

// panicTest: a timeout closes what the worker closes as well.
func panicTest() Test {
	t := Test{Name: "TestPanic", Verdict: Panic, Schedules: 57, Schedule: "r7.4~k20z", Seconds: 0.1, Detail: "panic: close of closed channel\n\ngoroutine 9 [running]:\n",
		Trace: append(spawned(1, 12),
			did(1, "start", "", 12, "go func() {"),
			did(1, "sleep", "", 22, "time.Sleep(100 * time.Millisecond)"),
			did(0, "atomic", "p.closed", 31, "if !p.closed.Load() {"),
			Step{Goroutine: -1, Operation: "time passes", Slip: "100ms", Switch: true},
			did(1, "resume", "", 22, "time.Sleep(100 * time.Millisecond)", "waited", "for 100ms"),
			did(1, "atomic", "p.closed", 23, "p.closed.Store(true)"),
			did(1, "close", "p.done", 24, "close(p.done)"),
			did(0, "atomic", "p.closed", 32, "p.closed.Store(true)"),
			did(0, "close", "p.done", 33, "close(p.done)"))}
	t.Summary = Summarise(t, "close of closed channel")
	return t
}

// waitingTest has a goroutine that waits for a lock and then continues.
func waitingTest() Test {
	t := Test{Name: "TestCheckThenAct", Verdict: Wrong, Schedules: 9, Schedule: "5.2~k20b",
		Trace: append(spawned(2, 12),
			did(0, "waitgroup wait", "wg", 17, "wg.Wait()"),
			did(1, "start", "", 12, "go func() {"),
			did(1, "lock", "a.mu", 20, "a.mu.Lock()"),
			did(2, "start", "", 13, "go func() {", "switch"),
			did(1, "memory", "", 21, "balance := a.balance"),
			did(1, "unlock", "a.mu", 22, "a.mu.Unlock()"),
			did(2, "lock", "a.mu", 20, "a.mu.Lock()", "waited", "switch", "for a.mu, held by g1"),
			did(2, "memory", "", 21, "balance := a.balance"),
			did(2, "unlock", "a.mu", 22, "a.mu.Unlock()"),
			did(2, "lock", "a.mu", 26, "a.mu.Lock()"),
			did(2, "memory", "", 27, "a.balance = balance - amount"),
			did(2, "unlock", "a.mu", 28, "a.mu.Unlock()"),
			did(1, "lock", "a.mu", 26, "a.mu.Lock()"),
			did(1, "memory", "", 27, "a.balance = balance - amount"),
			did(1, "unlock", "a.mu", 28, "a.mu.Unlock()"),
			did(0, "resume", "wg", 17, "wg.Wait()", "waited", "for wg"))}
	t.Summary = Summarise(t, "balance is 50, want 0")
	return t
}

// manyTest has goroutines 1 to n take turns at a table of forks.
func manyTest(n int) Test {
	t := Test{Name: fmt.Sprintf("TestPhilosophers%d", n), Verdict: Deadlock, Schedules: 12, Schedule: "9.9~9999"}
	for g := 1; g <= n; g++ {
		t.Trace = append(t.Trace, did(g, "start", "", 9, "go eat(i)", "switch"), did(g, "lock", fmt.Sprintf("fork[%d]", g), 14, "left.Lock()"))
		t.Waiting = append(t.Waiting, Waiting{Goroutine: g, Operation: "lock", Object: fmt.Sprintf("fork[%d]", g%n+1), File: bank, Line: 15, Source: "right.Lock()", HeldBy: g%n + 1})
	}
	t.Summary = Summarise(t, "")
	return t
}

// longTest has a hundred rounds before the decisive switch.
func longTest() Test {
	t := Test{Name: "TestLong", Verdict: Wrong, Schedules: 77, Schedule: "zz.1~long", Summary: "the test fails: 99 of 100"}
	for range 60 {
		for g := 1; g <= 2; g++ {
			t.Trace = append(t.Trace, did(g, "lock", "mu", 20, "mu.Lock()"), did(g, "memory", "", 21, "n := total"), did(g, "unlock", "mu", 22, "mu.Unlock()"))
		}
	}
	t.Trace[len(t.Trace)-3].Switch = true
	return t
}

// hostile is what a learner may write: terminal tricks, markup, fences, reordering.
const hostile = "\x1b[2J\x1b]0;owned\a::error::x\r\n```\n</details><script>alert(1)</script> \u202eabc\u202c \u009b31m \xff | [a](javascript:1) @someone \U000e0041"

func hostileTest() Test {
	step := func(g int, flags ...string) Step {
		s := did(g, "lock", hostile, 20+g, hostile, flags...)
		s.File = "a/" + hostile + ".go"
		return s
	}
	return Test{Name: "TestHostile" + hostile, Verdict: Race, Schedules: 1, Schedule: hostile, Summary: hostile, Detail: hostile,
		Trace: []Step{step(1), step(2, "switch"), step(1), {Goroutine: -1, Operation: "time passes", Slip: hostile}, step(2, "waited", "for "+hostile)},
		Races: []Access{{Operation: hostile, Goroutine: hostile, Object: hostile, File: hostile, Line: 3, Source: "\tif 日本 {\t" + hostile}, {Operation: "read", File: "a.go", Line: 9, Function: hostile}}}
}

func passTest(name string, schedules int, exhausted *int) Test {
	return Test{Name: name, Verdict: Pass, Schedules: schedules, Exhausted: exhausted, Seconds: 0.2}
}

func bound(n int) *int { return &n }

// everyVerdict has a test of each.
func everyVerdict() Report {
	return Report{Schema: Schema, Packages: []Package{
		{Package: "example.org/bank", Dir: "bank", Tests: []Test{
			passTest("TestPass", 1000, nil), passTest("TestPassAll", 412, bound(2)), raceTest(), wrongTest(), panicTest(), deadlockTest(),
			{Name: "TestRunning", Verdict: Running, Schedules: 40, Summary: "it spins at bank.go:50 and had not ended after 300,000 steps", Varies: true, Doubts: 2},
			{Name: "TestTiming", Verdict: Timing, Schedules: 40, FailedAt: &Place{File: "bank_test.go", Line: 12, Source: "assert.Equal(t, 3, bank.Total())"}, Summary: "the test fails: no answer within 5s", Doubts: 40},
		}},
		{Package: "example.org/fetch", Dir: ".", Tests: []Test{leakTest(),
			{Name: "TestSocket", Verdict: Unexplorable, Summary: "it waits for the network (fetch.go:80), which the explorer does not control; give it a fake server"},
			{Name: "TestDatabase", Verdict: Skipped, Summary: "needs a database"}}},
		{Package: "example.org/broken", Dir: "./broken", Reason: "it does not build: broken.go:3: syntax error"},
	}}
}

func only(t Test) Report {
	return Report{Schema: Schema, Packages: []Package{{Package: "example.org/bank", Dir: "bank", Tests: []Test{t}}}}
}
