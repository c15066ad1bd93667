package wire

import "regexp"

var (
	testsType = regexp.MustCompile(`\.hk\d*__tests\.`)
	testsFunc = regexp.MustCompile(`(\.hk\d*__tests\.)\w+-fm\.(\w+)`) // a function literal in a test that is called as a method's value
	testValue = regexp.MustCompile(`(\.hk\d*__tests\.\w+)-fm`)
)

// AuthorsName is a function's name as its author has it: tests are methods only here.
func AuthorsName(name string) string {
	if !testsType.MatchString(name) {
		return name
	}
	name = testsFunc.ReplaceAllString(name, "$1$2")
	return testsType.ReplaceAllString(testValue.ReplaceAllString(name, "$1"), ".")
}
