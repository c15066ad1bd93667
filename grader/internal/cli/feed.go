package cli

import (
	"sync"
	"time"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/watch"
)

// feed reports the progress of a grading, and its first failure, to the watch screen.
type feed struct {
	mu       sync.Mutex
	tell     func(watch.Progress)
	exercise kata.Exercise
	report   grade.Report // without exercises
	start    time.Time
	progress watch.Progress
}

func newFeed(e kata.Exercise, r grade.Report, tell func(watch.Progress)) *feed {
	return &feed{tell: tell, exercise: e, report: r, start: time.Now(), progress: watch.Progress{Total: len(e.Tests)}}
}

// doing reports work that is not a test.
func (f *feed) doing(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress.Doing = what
	f.tell(f.progress)
}

// tested reports a finished test.
func (f *feed) tested(test string, checks []evidence.Check) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress.Done++
	if f.progress.Early == nil {
		f.progress.Early = f.early(test, checks)
	}
	f.tell(f.progress)
}

// early returns a report of one failing test, or nil if it passed. It has no points yet.
func (f *feed) early(test string, checks []evidence.Check) *grade.Report {
	only := f.exercise
	only.Tests = nil
	for _, t := range f.exercise.Tests {
		if t.Name == test {
			only.Tests = []kata.Test{t}
		}
	}
	compiled := []evidence.Check{{Detector: kata.BuildDetector, Verdict: evidence.Pass}}
	g := grade.Score(only, compiled, map[string][]evidence.Check{test: checks})
	if len(g.Failures()) == 0 {
		return nil
	}
	g.Points, g.MaxPoints = nil, f.exercise.MaxPoints()
	r := f.report
	r.Seconds, r.Exercises = time.Since(f.start).Seconds(), []grade.Exercise{g}
	return &r
}
