package jobrunner_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/10-capstones/01-job-runner"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

type (
	job     = jobrunner.Job
	result  = jobrunner.Result
	options = jobrunner.Options
	stats   = jobrunner.Stats
)

// bubble runs fn in virtual time. A bubble does not notice a goroutine that waits
// for a lock, so the watchdog is outside.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() { oracle.Bubble(t, fn) },
		"a goroutine waits for a lock forever. Which one holds it, and what is that one waiting for?")
}

// A service is a runner, what it has said, and a gate that its jobs may wait at.
type service struct {
	*jobrunner.Runner
	options options
	began   time.Time
	gate    chan struct{} // lets one job go for each message, and all when it is closed

	mu   sync.Mutex
	done []result // what OnDone was told
	runs []attempt
}

// An attempt at a job: of which name, and how long after the service was started.
type attempt struct {
	name string
	at   time.Duration
}

// start starts a runner, with the numbers that are not given drawn at random. It is
// stopped when the test ends.
func start(t *testing.T, o options) *service {
	s := &service{options: complete(o), began: time.Now(), gate: make(chan struct{})}
	s.options.OnDone = s.record
	s.Runner = jobrunner.Start(s.options)
	t.Cleanup(func() { s.open(); s.Stop() })
	return s
}

func complete(o options) options {
	for _, n := range []*int{&o.Workers, &o.Limit, &o.Attempts, &o.Keep} {
		if *n == 0 {
			*n = 100 + rand.IntN(100)
		}
	}
	if o.Backoff == 0 {
		o.Backoff = time.Duration(1 + rand.IntN(int(time.Hour)))
	}
	return o
}

func (s *service) record(r result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, r)
}

// results returns what OnDone was told so far.
func (s *service) results() []result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

// attempts returns the names of the jobs that attempts were made at so far, in order.
func (s *service) attempts() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.runs {
		names = append(names, a.name)
	}
	return names
}

// when returns when the attempts at a job began.
func (s *service) when(name string) (at []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.runs {
		if a.name == name {
			at = append(at, a.at)
		}
	}
	return at
}

// open lets all jobs go that wait at the gate, now and later.
func (s *service) open() {
	select {
	case <-s.gate:
	default:
		close(s.gate)
	}
}

// job returns a job whose attempts return these errors, one after the other, and then nil.
func (s *service) job(name string, errs ...error) job {
	var n atomic.Int64
	return job{Name: name, Run: func() error {
		s.mu.Lock()
		s.runs = append(s.runs, attempt{name, time.Since(s.began)})
		s.mu.Unlock()
		if i := int(n.Add(1)) - 1; i < len(errs) {
			return errs[i]
		}
		return nil
	}}
}

// gated is a job that waits at the gate in each attempt.
func (s *service) gated(name string, errs ...error) job {
	j := s.job(name, errs...)
	return job{Name: name, Run: func() error {
		err := j.Run()
		<-s.gate
		return err
	}}
}

// submit submits jobs, all of which are to be accepted.
func (s *service) submit(t *testing.T, jobs ...job) {
	t.Helper()
	for _, j := range jobs {
		require.NoError(t, s.Submit(j), "the runner has not stopped, and there is room")
	}
}

// failures returns n errors of several kinds.
func failures(r *rand.Rand, n int) (errs []error) {
	for i := range n {
		err := life.Failure(fmt.Sprintf("attempt %d: %d", i, r.IntN(1000)))
		if r.IntN(4) == 0 {
			err = life.Known(r)
		}
		if r.IntN(4) == 0 { // of another runner, perhaps
			err = fmt.Errorf("%w: the next one", []error{jobrunner.ErrStopped, jobrunner.ErrFull}[r.IntN(2)])
		}
		errs = append(errs, err)
	}
	return errs
}

// ending is how a job ends whose first attempts return these errors.
func ending(name string, attempts int, errs []error) result {
	if len(errs) < attempts {
		return result{Name: name, Attempts: len(errs) + 1}
	}
	return result{Name: name, Attempts: attempts, Err: errs[attempts-1]}
}

// assertSame compares results in any order.
func assertSame(t *testing.T, want, got []result, story string) {
	t.Helper()
	if !sameInAnyOrder(want, got) {
		assert.Fail(t, story, differ(want, got))
	}
}

func sameInAnyOrder(want, got []result) bool {
	left := map[string][]result{} // by name
	for _, r := range want {
		left[r.Name] = append(left[r.Name], r)
	}
	for _, r := range got {
		named := left[r.Name]
		i := slices.IndexFunc(named, func(w result) bool { return equal(w, r) })
		if i < 0 {
			return false
		}
		named[i] = named[len(named)-1]
		left[r.Name] = named[:len(named)-1]
	}
	return len(want) == len(got)
}

func name(i int) string { return fmt.Sprintf("job %d", i) }

// assertResults compares results, and errors by identity.
func assertResults(t *testing.T, want, got []result, story string) {
	t.Helper()
	if !slices.EqualFunc(want, got, equal) {
		assert.Fail(t, story, differ(want, got))
	}
}

// equal compares results, also those whose errors == cannot compare.
func equal(a, b result) bool {
	return a.Name == b.Name && a.Attempts == b.Attempts && oracle.SameError(a.Err, b.Err)
}

func differ(want, got []result) string {
	if len(want)+len(got) > 50 {
		return fmt.Sprintf("expected %d results, got %d, and they differ", len(want), len(got))
	}
	return fmt.Sprintf("expected: %v\nactual:   %v", want, got)
}
