package sched

import (
	"bytes"
	"fmt"
	"os"
	"regexp"

	"heisenkata/grader/internal/explore/rt/wire"
)

// raceLog finds where in the detector's log a report begins.
var raceLog logFile

type logFile struct {
	path string // as GORACE's log_path; the detector adds the process's number
	end  int64
}

// next is the offset of the first of the reports that were just written which is one of
// the schedule's; without one there is no race.
func (l *logFile) next() (offset int64, race bool) {
	start := l.end
	text, err := os.ReadFile(fmt.Sprintf("%s.%d", l.path, os.Getpid()))
	if err != nil || int64(len(text)) < start {
		return start, true
	}
	l.end = int64(len(text))
	i := ours(text[start:])
	return start + int64(max(i, 0)), i >= 0
}

var reportBegins = []byte("WARNING: DATA RACE")

// ownLook is in a report of an access to time.Local that is the explorer's own, or that of
// package testing, when they look at the clock. The test's own are in sched.Now.
var ownLook = regexp.MustCompile(`  time\.Now\(\)\n.*\n(?:  time\.\w+\(\)\n.*\n)*  (?:` + regexp.QuoteMeta(wire.Module) + `/sched\.instant|testing\.)`)

// ours is where the first report begins that is about goroutines of the schedule, or -1.
// A goroutine that ran before the exploration, such as an init function's where TestMain
// took long, is not: each schedule has its own instead. It would seem to race with what
// gives package variables their first values again. Nor is the explorer's look at the clock.
func ours(reports []byte) int {
	at := 0
	for i, report := range bytes.SplitAfter(reports, reportBegins) {
		if i > 0 && !bytes.Contains(report, []byte("/sched.runOutside(")) && !ownLook.Match(report) {
			return at - len(reportBegins)
		}
		at += len(report)
	}
	if bytes.Contains(reports, reportBegins) {
		return -1
	}
	return 0
}
