package diagnose

import "regexp"

// event matches the end of a test as `-test.v=test2json` prints it: marked with
// a byte that ordinary output does not begin with.
var event = regexp.MustCompile(`\x16 *--- (PASS|FAIL|SKIP): (\S+) \(`)

// events is what a process said of its one test.
type events struct {
	passed  int  // how often the test itself was reported as passed
	failed  bool // it, a subtest or a stranger was reported as failed
	strange bool // a skip, or the end of a test that was not asked for
}

// readEvents reads all events of an output. Output can forge one, so the worst
// counts, and a test that passes twice has not passed.
func readEvents(test, output string) (ev events) {
	for _, m := range event.FindAllStringSubmatch(output, -1) {
		switch own := m[2] == test; {
		case m[1] == "FAIL":
			ev.failed = true
		case m[1] == "SKIP":
			ev.strange = true
		case own:
			ev.passed++
		case !belongs(m[2], test):
			ev.strange = true
		}
	}
	return ev
}

// belongs tells whether name is a subtest of test.
func belongs(name, test string) bool {
	return len(name) > len(test) && name[:len(test)] == test && name[len(test)] == '/'
}

// clean: the test ended once, passed, and nothing else was said.
func (ev events) clean() bool { return ev.passed == 1 && !ev.failed && !ev.strange }
