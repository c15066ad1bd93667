package sensorsweep_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"heisenkata/exercises/04-joining/01-sensor-sweep"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// What Sweep promises, whatever else goes on. Sweeps share nothing, so the model has
// no state.
func sweeps(t testing.TB) contract.Contract[testing.TB, struct{}] {
	return contract.Contract[testing.TB, struct{}]{
		Blocks: true,
		New:    func(*rand.Rand) (testing.TB, struct{}) { return t, struct{}{} },
		Calls:  []contract.Draw[testing.TB, struct{}]{someSweep},
	}
}

func someSweep(r *rand.Rand) contract.Call[testing.TB, struct{}] {
	s := newScript(r)
	return contract.Call[testing.TB, struct{}]{
		Name: s.String(),
		Slow: s.has(slow),
		Do: func(t testing.TB, m contract.Moments) any {
			return s.run(t, m)
		},
		Steps: []contract.Step[struct{}]{func(struct{}) []contract.Outcome[struct{}] {
			return []contract.Outcome[struct{}]{{Out: s.said()}}
		}},
	}
}

// How a sensor answers.
const (
	quick = iota // immediately
	slow         // when the other goroutines may be done
	late         // when all others that are late have been asked
)

// A script says what the sensors of one sweep do.
type script struct {
	kinds []int
	fails []bool

	mu      sync.Mutex
	asked   []int
	running int
}

func newScript(r *rand.Rand) *script {
	n := life.Size(r, 4) + life.Crowd(r, 130)
	if r.IntN(8) == 0 {
		n = 0
	}
	s := &script{asked: make([]int, n)}
	for range n {
		s.kinds = append(s.kinds, []int{quick, quick, slow, late, late}[r.IntN(5)])
		s.fails = append(s.fails, r.IntN(3) == 0)
	}
	return s
}

func (s *script) has(kind int) bool { return s.count(kind) > 0 }

func (s *script) count(kind int) (n int) {
	for _, k := range s.kinds {
		if k == kind {
			n++
		}
	}
	return n
}

func (s *script) String() string {
	var sensors []string
	for i, kind := range s.kinds {
		text := []string{"quick", "slow", "late"}[kind]
		if s.fails[i] {
			text += " and fails"
		}
		sensors = append(sensors, text)
	}
	return "Sweep(" + strings.Join(sensors, ", ") + ")"
}

// said is what the readings must say.
func (s *script) said() []string {
	said := make([]string, len(s.fails))
	for i, fails := range s.fails {
		said[i] = fmt.Sprintf("%d°", i+1)
		if fails {
			said[i] += " and an error"
		}
	}
	return said
}

// run sweeps, and returns what the readings say.
func (s *script) run(t testing.TB, m contract.Moments) any {
	meeting := oracle.NewMeeting(s.count(late))
	broken := life.Failure("out of order")
	sensors := make([]sensorsweep.Sensor, len(s.kinds))
	for i, kind := range s.kinds {
		sensors[i] = func() (float64, error) {
			s.ask(i, 1)
			defer s.ask(i, -1)
			switch kind {
			case slow:
				m.Pause()
			case late:
				meeting.Arrive()
			}
			if s.fails[i] {
				return float64(i + 1), broken
			}
			return float64(i + 1), nil
		}
	}
	return s.told(t, sensorsweep.Sweep(sensors), broken)
}

// ask records that a sensor is asked, or has answered.
func (s *script) ask(i, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[i] += max(change, 0)
	s.running += change
}

// told returns what the readings say, in the form of said.
func (s *script) told(t testing.TB, got []sensorsweep.Reading, broken error) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running > 0 {
		t.Errorf("%v has returned. Sensors that have not answered: %d", s, s.running)
	}
	for i, times := range s.asked {
		switch {
		case times == 0:
			t.Errorf("%v has never asked sensor %d", s, i+1)
		case times > 1:
			t.Errorf("%v has asked sensor %d %d times", s, i+1, times)
		}
	}
	told := make([]string, len(got))
	for i, r := range got {
		told[i] = fmt.Sprintf("%v°", r.Celsius)
		switch {
		case oracle.SameError(r.Err, broken):
			told[i] += " and an error"
		case r.Err != nil:
			told[i] += " and an error that no sensor returned"
		}
	}
	return told
}

// Two sweeps at the same time.
func TestScheduleTwoSweeps(t *testing.T) {
	contract.Check(t, sweeps(t), contract.Shape{Goroutines: 2, Calls: 1})
}

// A sweep with a slow sensor delays no other.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, sweeps(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2, Hold: true})
}
