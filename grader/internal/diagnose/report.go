package diagnose

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// testimony is what a process reported on its private channel, as package
// attest of the exercises writes it.
type testimony struct {
	secret  string
	steps   []uint64 // numbers that a run adds up, in order
	repeats int      // how often it was to run
	begun   int      // how often the test began
	passed  int      // how often it was reported as passed
	failed  bool     // it was reported as failed
	leaked  bool     // goroutines were left
	done    bool     // the last record is there, and it is the last
	code    int      // the exit code that it announced
	strange bool     // a record that has no business there: another test, a skip, a wrong secret, other processors, half a line
	unknown bool     // this version of Go hides its tests from the channel
}

// readReport reads what a process has reported. Each line begins with the secret
// that only its official part knows. One that does not was written by something
// else, and then none of it is believed.
func readReport(test string, repeats int, steps []uint64, secret, report string) (t testimony) {
	t.repeats, t.secret, t.steps = max(1, repeats), secret, steps
	if secret == "" {
		t.strange = report != ""
		return t
	}
	rest, whole := strings.CutSuffix(report, "\n")
	t.strange = !whole && report != ""
	if !whole {
		return t
	}
	for line := range strings.SplitSeq(rest, "\n") {
		record, known := strings.CutPrefix(line, secret+" ")
		if !known || t.done {
			t.strange = true
			return t
		}
		t.read(test, record)
	}
	return t
}

func (t *testimony) read(test, record string) {
	word, arg, _ := strings.Cut(record, " ")
	switch {
	case word == "unknown" && arg == "":
		t.unknown = true
	case word == "begin" && arg == test && t.begun == t.passed:
		t.begun++
	case word == "pass" && arg == test+" "+t.sum() && t.begun == t.passed+1:
		t.passed++
	case word == "fail" && arg == test && t.begun > 0:
		t.failed = true
	case word == "leak" && arg == "":
		t.leaked = true
	case word == "done":
		code, err := strconv.Atoi(arg)
		t.done, t.code, t.strange = true, code, t.strange || err != nil
	default:
		t.strange = true
	}
}

// sum is what the last run that began adds up to if it comes to each of its steps,
// as attest.Step does it.
func (t testimony) sum() string {
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%s %d", t.secret, t.begun)
	sum := hash.Sum64()
	for _, n := range t.steps {
		sum = (sum ^ n) * 0x9e3779b97f4a7c15
		sum ^= sum >> 29
	}
	return strconv.FormatUint(sum, 16)
}

// clean: the test began and passed as often as it was to run, one time after the
// other, and nothing else was said of it.
func (t testimony) clean() bool {
	return t.begun == t.repeats && t.passed == t.repeats && !t.failed && !t.strange
}

// honest: it is clean, and the process said as its last word that all is well.
func (t testimony) honest() bool { return t.clean() && !t.leaked && t.done && t.code == 0 }
