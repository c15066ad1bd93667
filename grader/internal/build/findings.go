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
	"heisenkata/grader/internal/submission"
)

// position matches "exercises/…/file.go:12:3: message", as compiler and vet
// print it, with or without "./" or "vet: " before it.
var position = regexp.MustCompile(`^(?:vet: )?(?:\./)?(\S+\.go):(\d+)(?::\d+)?: (.+)$`)

// message is one line of a compiler's or vet's complaints.
type message struct {
	place evidence.Place
	text  string
}

// messages reads positions within the exercise. The go command replays what an
// earlier vet of the same files said, with the folder of that time before the
// path, so a path counts from the exercise's own folder on.
func messages(e kata.Exercise, out []byte) (found []message) {
	for line := range strings.Lines(string(out)) {
		m := position.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		file := m[1]
		if at := strings.LastIndex(file, e.Dir+"/"); at >= 0 {
			file = file[at:]
		}
		if path.Dir(file) != e.Dir {
			continue
		}
		n, _ := strconv.Atoi(m[2]) // the pattern has digits only
		found = append(found, message{evidence.Place{File: file, Line: n, Role: "here"}, strings.ReplaceAll(m[3], submission.StandIns, "")})
	}
	return found
}

// learners reports whether a file is one that the learner may change.
func learners(e kata.Exercise, file string) bool { return slices.Contains(e.Files, path.Base(file)) }

// NotCompiled begins the summary of what the compiler says.
const NotCompiled = "it does not compile: "

// buildFindings reads the compiler's output. It returns nil when no line of it
// speaks of the exercise: then the build broke for another reason.
func buildFindings(e kata.Exercise, out []byte) (found []evidence.Finding) {
	for _, m := range messages(e, out) {
		f := evidence.Finding{
			Verdict: evidence.Build, Summary: NotCompiled + m.text, Places: []evidence.Place{m.place},
			Replay: fmt.Sprintf("go test -run '^$' ./%s", e.Dir),
		}
		if !learners(e, m.place.File) {
			f.Meaning = "The tests use this: keep the exported names and their signatures as they are."
		}
		found = append(found, f)
	}
	return found
}

// vetFindings reads the output of a go vet that objects, as far as it speaks of
// the learner's files. If no line of it speaks of the exercise, understood is false.
func vetFindings(e kata.Exercise, out []byte) (found []evidence.Finding, understood bool) {
	all := messages(e, out)
	for _, m := range all {
		if !learners(e, m.place.File) {
			continue
		}
		found = append(found, evidence.Finding{
			Verdict: evidence.Vet, Summary: "go vet: " + m.text, Places: []evidence.Place{m.place},
			Meaning: "This compiles, but it does not do what it looks like.",
			Replay:  fmt.Sprintf("go vet ./%s", e.Dir),
		})
	}
	return found, len(all) > 0
}

// namesTests reports whether what the go command says of an exercise's folder names a file there
// that is not the learner's.
func namesTests(e kata.Exercise, out string) bool {
	if !strings.Contains(out, e.Dir) {
		return false
	}
	return slices.ContainsFunc(goFile.FindAllString(out, -1), func(name string) bool {
		return strings.HasSuffix(name, "_test.go") && !learners(e, name)
	})
}

// goFile matches the base name of a Go file.
var goFile = regexp.MustCompile(`[\w.-]+\.go\b`)
