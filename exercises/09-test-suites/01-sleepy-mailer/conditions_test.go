package sleepymailer_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// A condition says when a fault shows.
type condition struct {
	name  string // "only …"; "" if it always does
	holds func(moment) bool
}

// A bug is a fault and a condition.
type bug struct {
	fault
	when  func(moment) bool
	shows bool
}

// never returns a bug that does not show.
func (b *bug) never() *bug {
	return &bug{b.fault, func(moment) bool { return false }, false}
}

// right reports whether mailers with the bug are right; nil is no bug.
func (b *bug) right() bool { return b == nil || !b.shows }

// derive returns a bug for each of the conditions.
func derive(f fault, when ...[]condition) (bugs []*bug) {
	for _, c := range slices.Concat(when...) {
		one := f
		if c.name != "" {
			one.name += ", only " + c.name
		}
		bugs = append(bugs, &bug{one, c.holds, true})
	}
	return bugs
}

var (
	always = []condition{{"", func(moment) bool { return true }}}

	numbers = each("the %s message", []string{"first", "second", "third"}, func(m moment) int { return m.number - 1 })

	idle        = []condition{{"a message that is sent after all others are done", isIdle}}
	beside      = []condition{{"a message that is sent while another one is attempted", func(m moment) bool { return m.others.attempted > 0 }}}
	beside2     = []condition{{"a message that is sent while two others are attempted", func(m moment) bool { return m.others.attempted > 1 }}}
	besidePause = []condition{{"a message that is sent while another one pauses", func(m moment) bool { return m.others.pausing > 0 }}}
	twin        = []condition{{"a message whose text was sent before", func(m moment) bool { return m.twin }}}

	// Of any message.
	messages = slices.Concat(always, numbers, twin, idle, beside)

	two   = []condition{{"while two attempts are under way", func(m moment) bool { return m.beside > 0 }}}
	three = []condition{{"while three attempts are under way", func(m moment) bool { return m.beside > 1 }}}

	ordinals = []string{"first", "second", "third", "fourth"}

	// Of the attempt that has returned last.
	failures = []condition{
		{"after an error of package context", func(m moment) bool { return ofContext(m.err) }},
		{"after an error that wraps one of package context", func(m moment) bool { return wraps(m.err) && !ofContext(m.err) }},
		{"after an error of errors.New", func(m moment) bool { return reflect.TypeOf(m.err) == reflect.TypeOf(errRushed) && !wraps(m.err) }},
		{"after an error of a type of its own", ownType},
	}
	long = []condition{{"after an attempt that took more than 30 s", func(m moment) bool { return m.took >= limitOf }}}
)

func isIdle(m moment) bool {
	return m.number > 1 && m.others.attempted == 0 && m.others.pausing == 0
}

// attempts are the conditions of one attempt each: from the first to the last.
func attempts(first, last int) []condition {
	return each("the %s attempt", ordinals, func(m moment) int { return m.n - 1 })[first-1 : last]
}

func each(format string, names []string, which func(moment) int) (list []condition) {
	for i, name := range names {
		list = append(list, condition{fmt.Sprintf(format, name), func(m moment) bool { return which(m) == i }})
	}
	return list
}

func ofContext(err error) bool { return err == context.Canceled || err == context.DeadlineExceeded }

func wraps(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// ownType reports whether an error's type is declared in the suite.
func ownType(m moment) bool {
	t := reflect.TypeOf(m.err)
	if t == nil {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() != "" && !slices.Contains([]string{"errors", "fmt", "context"}, t.PkgPath())
}

// Guards: what a fault can happen to.

func failed(m moment) bool  { return m.err != nil && m.n < 4 }
func gaveUp(m moment) bool  { return m.err != nil && m.n == 4 }
func arrived(m moment) bool { return m.err == nil }
func retried(m moment) bool { return m.n > 1 }
func isFirst(m moment) bool { return m.n == 1 }

func isLong(m moment) bool { return m.took >= limitOf }

// all is true if all of them are.
func all(guards ...func(moment) bool) func(moment) bool {
	return func(m moment) bool {
		return !slices.ContainsFunc(guards, func(guard func(moment) bool) bool { return !guard(m) })
	}
}
