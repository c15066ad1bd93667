package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOutcome(t *testing.T) {
	for want, test := range map[string]Test{
		"pass, 1,000 schedules":                         passTest("", 1000, nil),
		"pass, 1 schedule":                              passTest("", 1, nil),
		"pass, all 412 schedules with at most 2 delays": passTest("", 412, bound(2)),
		"pass, 1 schedule with at most 1 delay":         passTest("", 1, bound(1)),
		"pass, all 7 schedules without a delay":         passTest("", 7, bound(0)),
		"race, schedule 3":                              {Verdict: Race, Schedules: 3},
		"wrong result, schedule 12,345":                 {Verdict: Wrong, Schedules: 12345},
		"still running, a doubt":                        {Verdict: Running, Schedules: 3},
		"cannot be explored, because it forks":          {Verdict: Unexplorable, Summary: "it forks"},
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
		assert.Equal(t, want, replay("", Package{Dir: dir}, test))
	}
	whole := Test{Name: "TestA", Schedule: "TestA@4.1x2~k2"}
	assert.Equal(t, "grader replay . 'TestA@4.1x2~k2'", replay("", Package{Dir: "."}, whole), "the name is not said twice")
	assert.Equal(t, "go run ./grader replay hit-counter 'TestA@4.1x2~k2'", replay("go run ./grader", Package{Dir: "hit-counter"}, whole))
	test.Name = "TestA/it's"
	assert.Equal(t, `grader replay . 'TestA/it'\''s@4.1x2~k2'`, replay("", Package{Dir: "."}, test))
}

func TestCutLeft(t *testing.T) {
	assert.Equal(t, "…go:12", cutLeft("bank.go:12", 6))
	assert.Equal(t, "bank.go:12", cutLeft("bank.go:12", 10))
}
