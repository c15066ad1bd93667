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

func testNamed(tests []string, name string) (found string) {
	for _, t := range tests {
		switch {
		case t == name:
			return t
		case !strings.Contains(strings.ToLower(t), strings.ToLower(name)):
		case found != "":
			return "" // which of the two is unclear
		default:
			found = t
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
		text = fmt.Sprintf("%q names no test, or several; name one of these", e.name)
	}
	for _, t := range e.tests {
		text += "\n  " + t
	}
	return text
}
