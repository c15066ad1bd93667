package build

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// position matches "exercises/…/file.go:12:3: message", as compiler and vet
// print it, with or without "./" or "vet: " before it.
var position = regexp.MustCompile(`^(?:vet: )?(?:\./)?(\S+\.go):(\d+)(?::\d+)?: (.+)$`)

// message is one line of a compiler's or vet's complaints.
type message struct {
	place evidence.Place
	text  string
}

func messages(out []byte) (found []message) {
	for line := range strings.Lines(string(out)) {
		m := position.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2]) // the pattern has digits only
		found = append(found, message{evidence.Place{File: m[1], Line: n, Role: "here"}, m[3]})
	}
	return found
}

// within tells whether a position lies in the exercise, and is the learner's.
func within(e kata.Exercise, file string) (inside, learners bool) {
	return path.Dir(file) == e.Dir, path.Dir(file) == e.Dir && slices.Contains(e.Files, path.Base(file))
}

// buildFindings reads the compiler's output. It returns nil when no line of it
// speaks of the exercise: then the build broke for another reason.
func buildFindings(e kata.Exercise, out []byte) (found []evidence.Finding) {
	for _, m := range messages(out) {
		inside, learners := within(e, m.place.File)
		if !inside {
			continue
		}
		f := evidence.Finding{
			Verdict: evidence.Build, Summary: "it does not compile: " + m.text, Places: []evidence.Place{m.place},
			Meaning: "Nothing can be run before the compiler is content.",
			Replay:  fmt.Sprintf("go test -run '^$' ./%s", e.Dir),
		}
		if !learners {
			f.Meaning = "The tests use this: exported names and their signatures have to stay as the exercise has them."
		}
		found = append(found, f)
	}
	return found
}

// vetFindings reads go vet's output, as far as it speaks of the learner's files.
func vetFindings(e kata.Exercise, out []byte) (found []evidence.Finding) {
	for _, m := range messages(out) {
		if _, learners := within(e, m.place.File); !learners {
			continue
		}
		found = append(found, evidence.Finding{
			Verdict: evidence.Vet, Summary: "go vet: " + m.text, Places: []evidence.Place{m.place},
			Meaning: "This compiles, and does not do what it looks like.",
			Replay:  fmt.Sprintf("go vet ./%s", e.Dir),
		})
	}
	return found
}
