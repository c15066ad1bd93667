package forced

import (
	"fmt"
	"slices"

	"heisenkata/grader/internal/explored"
)

// Problem is a part of a schedule that cannot be forced.
type Problem struct {
	Kind ProblemKind
	File string
	Line int
}

// ProblemKind says why.
type ProblemKind int

// The kinds of problems.
const (
	Middle   ProblemKind = iota // a goroutine is to wait in the middle of a statement
	Deferred                    // before a deferred call
	Outside                     // in code that is not the module's
	Draws                       // the test draws random numbers, others in each run
	Selects                     // the runtime draws which case of a select runs
)

func (p Problem) String() string {
	at := fmt.Sprintf("%s:%d: ", p.File, p.Line)
	switch p.Kind {
	case Middle:
		return at + "a goroutine has to wait in the middle of this line, where there is no place for a call"
	case Deferred:
		return at + "a goroutine has to wait just before a deferred call, where there is no place for another"
	case Outside:
		return at + "a goroutine has to wait in code that is not the module's"
	case Draws:
		return "the test draws random numbers, others in each run"
	}
	return at + "the runtime draws which case of the select runs"
}

// doubtsOf are what the runtime decides by lot.
func doubtsOf(t explored.Test, events []event) (list []Problem) {
	if t.Draws {
		list = append(list, Problem{Kind: Draws})
	}
	for _, e := range events {
		p := Problem{Selects, e.File, e.Line}
		if e.Operation == "select" && e.File != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}
