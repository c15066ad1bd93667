package jobrunner_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"heisenkata/exercises/10-capstones/01-job-runner"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
)

// model is the state of a runner between two steps. Steps do not modify slices, but
// make new ones.
type model struct {
	workers, limit, keep int
	unfinished           int
	stopped              bool
	stats                stats
	recent               []result
}

// A subject is a runner, and what is to be done when a job of a name is over.
type subject struct {
	*jobrunner.Runner
	options options

	mu     sync.Mutex
	onDone map[string]func(result)
	gate   chan struct{} // jobs may wait for it to be closed
	ran    int           // jobs that have done so
}

type (
	call    = contract.Call[*subject, model]
	step    = contract.Step[model]
	outcome = contract.Outcome[model]
)

// attempts is the number of attempts in all programs.
const attempts = 2

// runner returns a New for a contract.
func runner(o options) func(*rand.Rand) (*subject, model) {
	return func(r *rand.Rand) (*subject, model) {
		o := o
		o.Workers += r.IntN(2)
		o.Attempts, o.Backoff = attempts, 1
		s := &subject{options: o, onDone: map[string]func(result){}, gate: make(chan struct{})}
		o.OnDone = s.done
		s.Runner = jobrunner.Start(o)
		return s, model{workers: o.Workers, limit: o.Limit, keep: o.Keep, recent: []result{}}
	}
}

func (s *subject) done(r result) {
	s.mu.Lock()
	done := s.onDone[r.Name]
	s.mu.Unlock()
	if done != nil {
		done(r)
	}
}

// errBusy is what attempts of a job return that is to fail.
var errBusy = errors.New("busy")

// Where a job stays if it is held.
const (
	inRun = iota
	inOnDone
)

// wholeJob submits a job and waits until it is over.
func wholeJob(r *rand.Rand) call { return lifeOfJob(r, r.IntN(attempts+1), r.IntN(2)) }

// jobOnce is a job with one attempt that stays in OnDone if it is held.
func jobOnce(r *rand.Rand) call { return lifeOfJob(r, 0, inOnDone) }

// lifeOfJob has a job whose first attempts fail.
func lifeOfJob(r *rand.Rand, fails, place int) call {
	name := fmt.Sprintf("%s-%d", []string{"job", "job", life.Word(r)}[r.IntN(3)], r.Uint32())
	want := result{Name: name, Attempts: min(fails+1, attempts)}
	if fails >= attempts {
		want.Err = errBusy
	}
	c := call{
		Name:   fmt.Sprintf("Submit(%q, which fails %d times)", name, fails),
		Slow:   true,
		Silent: true,
		Do: func(s *subject, m contract.Moments) any {
			return s.runs(name, fails, place, m)
		},
		Steps: []step{accepted},
	}
	for i := range want.Attempts {
		c.Steps = append(c.Steps, begins)
		if i+1 < want.Attempts {
			c.Steps = append(c.Steps, failsOnce)
		}
	}
	c.Steps = append(c.Steps, func(s model) []outcome {
		return []outcome{{Out: told(want, want.Attempts), After: s.over(want)}}
	})
	return c
}

// told is what a job comes to: its result, and how many attempts were made.
func told(r result, attempts int) string {
	return fmt.Sprintf("%d attempts, %v; %d were made", r.Attempts, r.Err, attempts)
}

// runs submits a job, and returns what it came to when it is over.
func (s *subject) runs(name string, fails, place int, m contract.Moments) any {
	over := make(chan result, 1)
	s.mu.Lock()
	s.onDone[name] = func(r result) {
		if place == inOnDone {
			m.Pause()
		}
		over <- r
	}
	s.mu.Unlock()
	made := 0
	err := s.Submit(job{Name: name, Run: func() error {
		if place == inRun {
			m.Pause()
		}
		if made++; made <= fails {
			return errBusy
		}
		return nil
	}})
	if err != nil {
		return err.Error()
	}
	return told(<-over, made)
}

// accepted is the step of Submit.
func accepted(s model) []outcome {
	switch {
	case s.stopped:
		return []outcome{{Out: jobrunner.ErrStopped.Error(), After: s, Ends: true}}
	case s.unfinished == s.limit:
		return []outcome{{Out: jobrunner.ErrFull.Error(), After: s, Ends: true}}
	}
	s.unfinished++
	s.stats.Accepted++
	return []outcome{{After: s}}
}

// begins is the step that begins an attempt, when a worker is free.
func begins(s model) []outcome {
	if s.stats.Running == s.workers {
		return nil
	}
	s.stats.Running++
	return []outcome{{After: s}}
}

// failsOnce is the step that ends an attempt which another one follows.
func failsOnce(s model) []outcome {
	s.stats.Running--
	s.stats.Retries++
	return []outcome{{After: s}}
}

// over is the state after the last attempt at a job.
func (s model) over(r result) model {
	s.unfinished--
	s.stats.Running--
	if r.Err == nil {
		s.stats.Succeeded++
	} else {
		s.stats.Failed++
	}
	s.recent = append(slices.Clip(s.recent), r)
	s.recent = s.recent[max(0, len(s.recent)-s.keep):]
	return s
}

// Stats is a snapshot.
func getStats(*rand.Rand) call {
	return call{
		Name:  "Stats()",
		Do:    func(s *subject, _ contract.Moments) any { return s.Stats() },
		Steps: []step{func(s model) []outcome { return []outcome{{Out: s.stats, After: s}} }},
	}
}

// Recent returns a slice that belongs to the caller, which may write to it and append.
func getRecent(r *rand.Rand) call {
	overwrite := r.IntN(2) == 0
	return call{
		Name: "Recent()",
		Do: func(s *subject, _ contract.Moments) any {
			got := s.Recent()
			switch {
			case len(got) == 0:
				return []result{}
			case overwrite:
				returned := slices.Clone(got)
				got = got[:cap(got)]
				for i := range got {
					got[i] = result{Name: "overwritten"}
				}
				return returned
			}
			return got
		},
		Steps: []step{func(s model) []outcome { return []outcome{{Out: s.recent, After: s}} }},
	}
}

// readRecent only reads the names in what Recent returns.
func readRecent(*rand.Rand) call {
	names := func(results []result) string {
		text := ""
		for _, r := range results {
			text += r.Name + " "
		}
		return text
	}
	return call{
		Name:  "Recent()",
		Do:    func(s *subject, _ contract.Moments) any { return names(s.Recent()) },
		Steps: []step{func(s model) []outcome { return []outcome{{Out: names(s.recent), After: s}} }},
	}
}

// Stop waits until all accepted jobs are over.
func stopping(*rand.Rand) call {
	return call{
		Name:   "Stop()",
		Silent: true,
		Do:     func(s *subject, _ contract.Moments) any { s.Stop(); return nil },
		Steps: []step{
			func(s model) []outcome {
				s.stopped = true
				return []outcome{{After: s}}
			},
			func(s model) []outcome {
				if s.unfinished > 0 {
					return nil
				}
				return []outcome{{After: s}}
			},
		},
	}
}

// submitOnly submits a job that waits at the gate.
func submitOnly(*rand.Rand) call {
	return call{
		Name: "Submit(a job that takes long)",
		Do: func(s *subject, _ contract.Moments) any {
			err := s.Submit(job{Name: "long", Run: func() error {
				<-s.gate
				s.mu.Lock()
				defer s.mu.Unlock()
				s.ran++
				return nil
			}})
			if err != nil {
				return err.Error()
			}
			return nil
		},
		Steps: []step{func(s model) []outcome {
			o := accepted(s)
			o[0].Ends = false
			return o
		}},
	}
}

// openAndStop opens the gate and stops. It returns how many jobs were run.
func openAndStop(*rand.Rand) call {
	return call{
		Name:  "Stop()",
		Do:    func(s *subject, _ contract.Moments) any { close(s.gate); s.Stop(); return s.ran },
		Steps: []step{func(s model) []outcome { return []outcome{{Out: s.unfinished, After: s}} }},
	}
}
