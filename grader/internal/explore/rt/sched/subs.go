package sched

import (
	"regexp"
	"strings"
)

// Chosen reports whether the job asks for a subtest of this name, as go test -run does.
//
//go:norace
func Chosen(name string) bool {
	level := strings.Count(name, "/") - 1
	if level < 0 || level >= len(chosen) {
		return true
	}
	Off() // the pattern's own locks order nothing of the test's
	defer On()
	return chosen[level].MatchString(name[strings.LastIndex(name, "/")+1:])
}

var chosen = compiled(assignment.job.Subs)

// compiled are the patterns, which the caller has compiled before.
func compiled(patterns []string) (all []*regexp.Regexp) {
	for _, p := range patterns {
		all = append(all, regexp.MustCompile(p))
	}
	return all
}
