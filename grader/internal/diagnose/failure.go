package diagnose

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
)

var (
	// logLine matches "    hitcounter_test.go:41: what was logged".
	logLine = regexp.MustCompile(`(?m)^ +(\S+_test\.go):(\d+): ?(.*)$`)
	// testifyLine is one of the lines that testify prints below its position.
	testifyLine = regexp.MustCompile(`^ {8}(\t.*)$`)
)

// SuiteMeaning explains a failure if the fix is a suite of tests.
const SuiteMeaning = "Your tests give the wrong verdict."

// explainFailure quotes the first message of the test that failed.
func explainFailure(src Source, e Ending) evidence.Finding {
	f := evidence.Finding{
		Summary: "the test failed",
		Meaning: "Your code breaks the contract.",
		Output:  shorten(stripEvents(e.Output)),
	}
	if src.Exercise.Suite {
		f.Meaning = SuiteMeaning
	}
	loc := logLine.FindStringSubmatchIndex(e.Output)
	if loc == nil {
		return f
	}
	part := func(i int) string { return e.Output[loc[2*i]:loc[2*i+1]] }
	line, _ := strconv.Atoi(part(2)) // the pattern has digits only
	f.Places = []evidence.Place{{File: src.Exercise.Dir + "/" + part(1), Line: line, Role: "the test fails here"}}
	if text := part(3); text != "" {
		f.Summary = announced(text, e.Output[loc[1]:])
		return f
	}
	if block := testifyBlock(e.Output[loc[1]:]); block != "" {
		own, failure := explored.Assertion(block)
		f.Summary, f.Output = firstOf(explored.InShort(own, failure), f.Summary), shorten(block)
	}
	return f
}

// announced is the first line of a message, and the next one if the first only announces it.
func announced(text, rest string) string {
	next, _, _ := strings.Cut(strings.TrimPrefix(rest, "\n"), "\n")
	if next, more := strings.CutPrefix(next, "        "); more && strings.HasSuffix(text, ":") {
		return text + " " + strings.TrimSpace(next)
	}
	return text
}

// testifyBlock is what testify prints below its position, line by line, without the
// indentation by package testing.
func testifyBlock(text string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		m := testifyLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || lines != nil && strings.HasPrefix(m[1], "\tError Trace:") {
			break
		}
		lines = append(lines, m[1])
	}
	return strings.Join(lines, "\n")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// stripEvents takes the test runner's own lines out of an output.
func stripEvents(output string) string {
	var kept []string
	for line := range strings.Lines(output) {
		if !strings.Contains(line, "\x16") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func isPanic(e Ending, _ testimony) bool {
	return e.ExitCode == 2 && panicLine.MatchString(e.Output)
}

func explainPanic(src Source, e Ending) evidence.Finding {
	what := panicLine.FindStringSubmatch(e.Output)
	f := evidence.Finding{
		Summary: "panic: " + what[1],
		Meaning: "A panic in any goroutine ends the whole process, including all other goroutines.",
		Output:  shorten(e.Output[strings.Index(e.Output, what[0]):]),
	}
	if strings.Contains(what[1], "from outside bubble") {
		f.Meaning = "Something made in one test, such as a channel or a timer, is used in another; each test has its own clock. Keep no such thing in a package variable, not even in a pool or a map."
	}
	does := "panics"
	summary, calls := Overflow(e.Output)
	if summary != "" {
		f.Summary, f.Meaning, does = "panic: "+summary, recursionMeaning, "recurses"
	}
	for _, g := range parseGoroutines(e.Output) {
		if summary != "" {
			g.frames = g.frames[len(g.frames)-len(calls):]
		}
		if at, ok := src.where(g.frames); ok {
			f.Places = append(f.Places, at.place("goroutine "+g.id+" "+does+" here"))
			if made, ok := src.where(g.created); ok {
				f.Places = append(f.Places, made.place("goroutine "+g.id+" was started here"))
			}
		}
		break // the runtime prints the one that panicked first
	}
	return f
}

func isOutOfMemory(e Ending, _ testimony) bool {
	return OutOfMemory(e.Output) || OutOfMemory(e.RaceLog)
}

// outOfMemory matches what Go and the race detector say when they get no more memory. A
// panic's text may say the same, but never at the beginning of a line.
var outOfMemory = regexp.MustCompile(`(?m)^(?:fatal error: )?(?:runtime: out of memory|runtime: cannot allocate memory|out of memory)` +
	`|^(?:==\d+==)?(?:ERROR: |FATAL: )?ThreadSanitizer(?:: internal allocator is out of memory| failed to allocate|: out of memory|: CHECK failed)`)

// OutOfMemory reports whether a process, or its race detector, says that it got no more
// memory. It goes by the text: ThreadSanitizer then ends as it does after a race.
func OutOfMemory(output string) bool { return outOfMemory.MatchString(output) }

func explainMemory(_ Source, e Ending) evidence.Finding {
	return evidence.Finding{
		Summary: "it ran out of memory",
		Meaning: Unbounded,
		Output:  shorten(e.Output),
	}
}

// Unbounded is what it means that a process has run out of memory.
const Unbounded = "Something grows without bound, or is very large: goroutines, a queue or a buffer."

// explainExceeded says which limit the process went beyond.
func explainExceeded(_ Source, e Ending) evidence.Finding {
	f := evidence.Finding{Summary: "it took more than its share of " + e.Exceeded, Output: shorten(e.Output)}
	switch e.Exceeded {
	case "memory", "threads":
		f.Meaning = Unbounded
	default:
		f.Meaning = "No exercise needs to write files, and a test that does writes little."
	}
	return f
}

func explainUnknown(_ Source, e Ending) evidence.Finding {
	return evidence.Finding{
		Summary: "this version of Go keeps its tests where the grader does not find them",
		Meaning: "Use the version of Go that go.mod names.",
		Output:  shorten(stripEvents(e.Output)),
	}
}

func explainIntegrity(_ Source, e Ending) evidence.Finding {
	how := fmt.Sprintf("exit code %d", e.ExitCode)
	if e.Signal != "" {
		how = "signal: " + e.Signal
	}
	return evidence.Finding{
		Summary: fmt.Sprintf("the process ended (%s) without an honest report that %s passed", how, e.Test),
		Meaning: "A test passes only if its process reports success on a private channel, exactly once, just before it exits. Printing PASS does not count.",
		Output:  shorten(stripEvents(e.Output)),
	}
}

// explainUnsaid is about a test that logged something, as only failures do here, and
// reported a pass in the end.
func explainUnsaid(_ Source, e Ending) evidence.Finding {
	return evidence.Finding{
		Summary: e.Test + " logged a failure, and then reported that it passed",
		Meaning: "A failed test stays failed: the test's own report counts.",
		Output:  shorten(stripEvents(e.Output)),
	}
}
