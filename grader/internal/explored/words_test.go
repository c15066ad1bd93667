package explored

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOutcome(t *testing.T) {
	for want, test := range map[string]Test{
		"pass, 1,000 schedules": passTest("", 1000, nil),
		"pass, 1 schedule":      passTest("", 1, nil),
		"all schedules with at most 2 delays pass (1,412 runs)":                    passTest("", 1412, bound(2)),
		"all schedules with at most 1 delay pass (1 run)":                          passTest("", 1, bound(1)),
		"all schedules without a delay pass (7 runs; one draw)":                    {Verdict: Pass, Schedules: 7, Exhausted: bound(0), Drawn: true},
		"all 64 different interleavings pass":                                      {Verdict: Pass, Schedules: 70, Different: 64},
		"all 64 different interleavings pass (with every select choice; one draw)": {Verdict: Pass, Schedules: 70, Different: 64, Drawn: true},
		"the only interleaving passes":                                             {Verdict: Pass, Schedules: 1, Different: 1},
		"race, schedule 3":                                                         {Verdict: Race, Schedules: 3},
		"wrong result, schedule 12,345":                                            {Verdict: Wrong, Schedules: 12345},
		"still running, a doubt":                                                   {Verdict: Running, Schedules: 3},
		"skipped: needs a database":                                                {Verdict: Skipped, Summary: "needs a database"},
		"cannot be explored, because it forks":                                     {Verdict: Unexplorable, Summary: "it forks"},
	} {
		assert.Equal(t, want, outcome(test))
	}
}

func TestTotals(t *testing.T) {
	r := Report{Packages: []Package{{}}}
	assert.Equal(t, "0 tests", totals(r))
	for range 9 {
		r.Packages[0].Tests = append(r.Packages[0].Tests, Test{Verdict: Pass})
	}
	for _, v := range []Verdict{Race, Race, Unexplorable} {
		r.Packages[0].Tests = append(r.Packages[0].Tests, Test{Verdict: v})
	}
	assert.Equal(t, "12 tests: 9 pass, 2 race, 1 cannot be explored", totals(r))
	r.Packages = append(r.Packages, Package{Reason: "no tests"})
	assert.Contains(t, totals(r), "; 1 package cannot be explored")
}

func TestOutcomes(t *testing.T) {
	for want, test := range map[string]Test{
		"leak, schedule 1":          {Verdict: Leak, Schedules: 1},
		"leak, schedule 3 of 1,000": {Verdict: Leak, Schedules: 1000, Number: 3},
		"wrong result, schedule 9, if the machine stalls for 1ms": {Verdict: Wrong, Schedules: 9, Stall: "1ms"},
	} {
		assert.Equal(t, want, outcome(test))
	}
	r := Report{Packages: []Package{{Tests: []Test{{Verdict: Wrong, Stall: "1ms"}, {Verdict: Wrong}, {Verdict: Leak}}}}}
	assert.Equal(t, "3 tests: 2 wrong result (1 only if the machine stalls), 1 leak", totals(r))
}

func TestNotExplored(t *testing.T) {
	assert.Equal(t, "not explored: 2 fuzz tests and 1 example", notExplored(Package{NotExplored: []string{"FuzzA", "FuzzB", "Example"}}))
	assert.Equal(t, "not explored: 1 example", notExplored(Package{NotExplored: []string{"ExampleA"}}))
	assert.Contains(t, terminal(t, Report{Packages: []Package{{Package: "a", NotExplored: []string{"FuzzA"}}}}, Options{}), "  not explored: 1 fuzz test\n")
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 648440: "648,440", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		assert.Equal(t, want, thousands(n))
	}
}

func TestReplayIsOneCommand(t *testing.T) {
	test := Test{Name: "TestA", Schedule: "4.1x2~k2"}
	for dir, want := range map[string]string{
		".": "grader replay . 'TestA@4.1x2~k2'", "": "grader replay . 'TestA@4.1x2~k2'", "./a/b": "grader replay ./a/b 'TestA@4.1x2~k2'",
		"-x": "grader replay ./-x 'TestA@4.1x2~k2'", "a b;rm": "grader replay 'a b;rm' 'TestA@4.1x2~k2'", "it's": `grader replay 'it'\''s' 'TestA@4.1x2~k2'`,
	} {
		assert.Equal(t, want, Again{}.replay(Package{Dir: dir}, test.Name, test.Schedule))
	}
	whole := Test{Name: "TestA", Schedule: "TestA@4.1x2~k2"}
	assert.Equal(t, "grader replay . 'TestA@4.1x2~k2'", Again{}.replay(Package{Dir: "."}, whole.Name, whole.Schedule), "the name is not said twice")
	assert.Equal(t, "go run ./grader replay hit-counter 'TestA@4.1x2~k2'", Again{Grader: "go run ./grader"}.replay(Package{Dir: "hit-counter"}, whole.Name, whole.Schedule))
	assert.Equal(t, `grader replay --short '--args=-n 1' . 'TestA/b@4.1x2~k2'`, Again{Flags: []string{"--short", "--args=-n 1"}}.replay(Package{Dir: "."}, "TestA", "TestA/b@4.1x2~k2"))
	test.Name = "TestA/it's"
	assert.Equal(t, `grader replay . 'TestA/it'\''s@4.1x2~k2'`, Again{}.replay(Package{Dir: "."}, test.Name, test.Schedule))
}

func TestCutLeft(t *testing.T) {
	assert.Equal(t, "…go:12", cutLeft("bank.go:12", 6))
	assert.Equal(t, "bank.go:12", cutLeft("bank.go:12", 10))
}

// In whatever number and wherever they wait, goroutines are spoken of as a Go
// developer would: it is one goroutine and two goroutines, it is left and they
// are, and a goroutine is "it".
func TestWordsAgree(t *testing.T) {
	operations := []string{"send", "receive", NilSend, NilReceive, EmptySelect, "select", "lock", "rlock", "waitgroup wait", "cond wait", "sleep", "timer", "idle", "in code that is not instrumented", Late, "other"}
	for _, verdict := range []Verdict{Deadlock, Leak} {
		for _, operation := range operations {
			for n := 1; n <= 7; n++ {
				for _, heldBy := range []int{-1, 0, n} { // it has to be held by itself too
					test := Test{Name: "T", Verdict: verdict, Schedules: n, Doubts: n, Replays: n, Same: n, Schedule: "1~a"}
					for g := 1; g <= n; g++ {
						test.Waiting = append(test.Waiting, Waiting{Goroutine: g, Operation: operation, Object: "ch", File: bank, Line: 9, Source: "x()", HeldBy: heldBy})
						test.Trace = append(test.Trace, did(g, "memory", "", 7, "y()"))
					}
					test.Summary = Summarise(test, "")
					for _, width := range []int{80, 200} {
						text := strings.Join(strings.Fields(terminal(t, only(test), Options{Width: width})), " ")
						for _, m := range disagreements(text) {
							assert.Fail(t, m, "%s %s of %d: %s", verdict, operation, n, text)
						}
					}
				}
			}
		}
	}
}

// disagreements are the places in a text where number or person are wrong.
func disagreements(text string) (found []string) {
	for _, wrong := range []string{
		`\b1 (?:goroutines|schedules|steps|delays|failures|replays|tests|packages)\b`, `\b(?:[2-9]|\d\d+) (?:goroutine|schedule|step|delay|failure|replay|test|package)\b`,
		`\bg\d+ (?:are|wait|sleep) `, `(?:(?:g\d+|the test) and g\d+|others) (?:is|waits|sleeps|each waits|each is) `, `\b(?:nobody|somebody|everybody|whoever|he|his|him) `, `\(chan `,
	} {
		for _, at := range regexp.MustCompile(wrong).FindAllStringIndex(text, -1) {
			if !strings.HasSuffix(text[:at[0]], "and ") { // of several
				found = append(found, text[at[0]:at[1]])
			}
		}
	}
	return found
}
