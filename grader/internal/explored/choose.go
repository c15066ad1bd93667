package explored

import (
	"fmt"
	"slices"
	"strings"
)

// Choose picks one of a package's tests: by its name or a part of it that no other has;
// without a name the first scenario, or the only test. The error names the tests that
// there are.
func Choose(tests []string, name string) (test string, err error) {
	found := firstScenario(tests)
	if name != "" {
		found = testNamed(tests, name)
	}
	if found == "" {
		return "", &noTestError{name, tests}
	}
	return found, nil
}

func firstScenario(tests []string) string {
	if i := slices.IndexFunc(tests, IsScenario); i >= 0 {
		return tests[i]
	}
	if len(tests) == 1 {
		return tests[0]
	}
	return ""
}

func testNamed(tests []string, name string) string {
	for _, t := range tests {
		if t == name {
			return t
		}
	}
	if several := testsNamed(tests, name); len(several) == 1 {
		return several[0]
	}
	return "" // if there are several, which of them is unclear
}

// testsNamed are the tests with a name in which another is a part.
func testsNamed(tests []string, part string) (found []string) {
	for _, t := range tests {
		if strings.Contains(strings.ToLower(t), strings.ToLower(part)) {
			found = append(found, t)
		}
	}
	return found
}

// noTestError is a test that was asked for and is not there.
type noTestError struct {
	name  string
	tests []string
}

func (e *noTestError) Error() string {
	if len(e.tests) == 0 {
		return "the package has no test"
	}
	text := "name one of its tests"
	if e.name != "" {
		text = fmt.Sprintf("%q names no test; name one of these", e.name)
	}
	tests := e.tests
	if several := testsNamed(tests, e.name); e.name != "" && len(several) > 0 {
		text, tests = fmt.Sprintf("%q names several tests; name one of these", e.name), several
	}
	for _, t := range tests {
		text += "\n  " + t
	}
	return text
}
