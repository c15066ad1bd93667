package contract_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// told is a testing.TB that records messages and does not fail.
type told struct {
	testing.TB
	text string
}

func (t *told) Helper()             {}
func (t *told) Error(a ...any)      { t.text += fmt.Sprint(a...) }
func (t *told) Failed() bool        { return t.text != "" }
func (t *told) Logf(string, ...any) {}
func (t *told) Cleanup(func())      {}

// tokens are a correct thing: Put adds one, Get waits for one and takes it.
type tokens interface {
	Put()
	Get()
	Len() int
}

type right struct{ room chan struct{} }

func (s right) Put()     { s.room <- struct{}{} }
func (s right) Get()     { <-s.room }
func (s right) Len() int { return len(s.room) }

// forgetful loses every second token.
type forgetful struct {
	right
	puts *atomic.Int64
}

func (s forgetful) Put() {
	if s.puts.Add(1)%2 == 1 {
		s.right.Put()
	}
}

var made sync.Map // names of the calls that were made

func of(newThing func() tokens) contract.Contract[tokens, int] {
	type call = contract.Call[tokens, int]
	type outcome = contract.Outcome[int]
	put := func(*rand.Rand) call {
		return call{
			Name:  "Put()",
			Do:    func(s tokens, _ contract.Moments) any { made.Store("Put", true); s.Put(); return nil },
			Steps: []contract.Step[int]{func(n int) []outcome { return []outcome{{After: n + 1}} }},
		}
	}
	get := func(*rand.Rand) call {
		return call{
			Name: "Get()",
			Do:   func(s tokens, _ contract.Moments) any { made.Store("Get", true); s.Get(); return nil },
			Steps: []contract.Step[int]{func(n int) []outcome {
				if n == 0 {
					return nil
				}
				return []outcome{{After: n - 1}}
			}},
		}
	}
	length := func(*rand.Rand) call {
		return call{
			Name:  "Len()",
			Do:    func(s tokens, _ contract.Moments) any { return s.Len() },
			Steps: []contract.Step[int]{func(n int) []outcome { return []outcome{{Out: n, After: n}} }},
		}
	}
	slow := func(*rand.Rand) call {
		return call{
			Name: "PutLater()",
			Slow: true,
			Do: func(s tokens, m contract.Moments) any {
				m.Next("begun")
				made.Store("PutLater", true)
				s.Put()
				return nil
			},
			Steps: []contract.Step[int]{
				func(n int) []outcome { return []outcome{{Out: "begun", After: n}} },
				func(n int) []outcome { return []outcome{{After: n + 1}} },
			},
		}
	}
	return contract.Contract[tokens, int]{
		New:   func(*rand.Rand) (tokens, int) { return newThing(), 0 },
		Calls: []contract.Draw[tokens, int]{put, get, length, slow},
		Last:  []contract.Draw[tokens, int]{length},
		Waits: true,
	}
}

var shapes = []contract.Shape{
	{Before: 1, Goroutines: 2, Calls: 1},
	{Before: 2, Goroutines: 3, Calls: 2},
	{Before: 1, Goroutines: 2, Calls: 2, Hold: true},
}

// A thing that keeps its contract passes, and no program is drawn in which a call
// waits forever: that would hang this test.
func TestRightPasses(t *testing.T) {
	c := of(func() tokens { return right{make(chan struct{}, 100)} })
	for range 300 {
		for _, s := range shapes {
			contract.Check(t, c, s)
		}
	}
	for _, name := range []string{"Put", "Get", "PutLater"} {
		_, ok := made.Load(name)
		assert.True(t, ok, "no drawn program calls %s", name)
	}
}

func TestWrongIsTold(t *testing.T) {
	c := of(func() tokens { return forgetful{right{make(chan struct{}, 100)}, &atomic.Int64{}} })
	c.Calls = append(c.Calls[:1:1], c.Calls[2]) // without Get, which would wait for the lost token
	inner := &told{TB: t}
	for range 100 {
		if contract.Check(inner, c, shapes[1]); inner.text != "" {
			break
		}
	}
	assert.True(t, strings.HasPrefix(inner.text, "No order of these "), inner.text)
	assert.Contains(t, inner.text, "caller A")
}

// Two things that share nothing, or share it safely, are in use at the same time.
func TestApart(t *testing.T) {
	made.Clear()
	for range 20 {
		contract.Apart(t, of(func() tokens { return right{make(chan struct{}, 100)} }))
	}
	for _, name := range []string{"Put", "Get", "PutLater"} {
		_, ok := made.Load(name)
		assert.True(t, ok, "no drawn program calls %s", name)
	}

	shared := right{make(chan struct{}, 100_000)}
	c := of(func() tokens { return shared })
	c.Calls, c.Waits = []contract.Draw[tokens, int]{c.Calls[0], c.Calls[2]}, false // Put and Len
	inner := &told{TB: t}
	contract.Apart(inner, c)
	assert.Contains(t, inner.text, "No order of these ")
}

// endless is a test without a deadline: what deadlocks in it does so without a message.
type endless struct{ told }

func (*endless) Deadline() (at time.Time, ok bool) { return at, false }

// What all programs of a test have in common is drawn once, before anything is made.
func TestNamesAreDrawnFirst(t *testing.T) {
	var order []string
	c := of(func() tokens { order = append(order, "a thing"); return right{make(chan struct{}, 100)} })
	c.Names = func(*rand.Rand) { order = append(order, "names") }
	for _, test := range []func(){func() { contract.Check(t, c, shapes[0]) }, func() { contract.Apart(t, c) }} {
		order = nil
		test()
		assert.Equal(t, []string{"names", "a thing"}, order[:2])
		assert.NotContains(t, order[2:], "names")
	}
}

// crowded is right alone. But all things share a condition, and a token may wake a goroutine
// that waits for one of another thing.
type crowded struct {
	*sync.Cond
	tokens *int
}

func (s crowded) Put() {
	s.L.Lock()
	defer s.L.Unlock()
	*s.tokens++
	s.Signal()
}

func (s crowded) Get() {
	s.L.Lock()
	defer s.L.Unlock()
	for *s.tokens == 0 {
		s.Wait()
	}
	*s.tokens--
}

func (s crowded) Len() int {
	s.L.Lock()
	defer s.L.Unlock()
	return *s.tokens
}

// In each of two things a goroutine waits, and the later one is helped on: by a call of any
// kind, or of those that the contract names.
func TestApartHasBothWait(t *testing.T) {
	apart := func(helps ...contract.Draw[tokens, int]) (deadlock bool) {
		shared := sync.NewCond(&sync.Mutex{})
		c := of(func() tokens { return crowded{shared, new(int)} })
		c.Helps = helps
		return oracle.Deadlocks(func() {
			oracle.Bubble(t, func(t *testing.T) { contract.Apart(&endless{told{TB: t}}, c) })
		})
	}
	length := of(nil).Calls[2]
	assert.True(t, apart(), "a token of one thing wakes a goroutine that waits at the other")
	assert.False(t, apart(length), "no call waits for Len")
}

// numbered notes what is done to which thing.
type numbered struct {
	right
	number int
}

// What one does while a slow call of the other is under way does not wait for that.
func TestApartHoldsSlowCalls(t *testing.T) {
	var mu sync.Mutex
	var order []int // numbers of the things, as they are used
	used := func(s tokens) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, s.(numbered).number)
	}
	things := 0
	c := of(func() tokens { things++; return numbered{right{make(chan struct{}, 100)}, things} })
	for i, draw := range c.Calls {
		c.Calls[i] = func(r *rand.Rand) contract.Call[tokens, int] {
			call := draw(r)
			do := call.Do
			call.Do = func(s tokens, m contract.Moments) any {
				defer used(s)
				return do(s, m)
			}
			return call
		}
	}
	for range 20 {
		order, things = nil, 0
		contract.Apart(t, c)
		last := map[int]int{}
		for at, number := range order {
			last[number] = at
		}
		assert.GreaterOrEqual(t, things, 2)
		for one := 1; one < things; one += 2 {
			if _, used := last[one]; !used { // no call of some kind has to wait
				continue
			}
			assert.Greater(t, last[one], last[one+1], "the first of two holds a call until the other is done")
		}
	}
}

// Two things are made as far apart as a number that the fix holds, if the grader has told it.
func TestApartGoesBeyondTheLimitsOfTheFix(t *testing.T) {
	var shared []right // each of forty things has one of these
	for range 40 {
		shared = append(shared, right{make(chan struct{}, 100_000)})
	}
	things := 0
	c := of(func() tokens { things++; return shared[things%len(shared)] })
	c.Calls, c.Waits = []contract.Draw[tokens, int]{c.Calls[0], c.Calls[2]}, false // Put and Len
	inner := &told{TB: t}
	contract.Apart(inner, c)
	if os.Getenv(life.LimitsVariable) != "" {
		assert.Contains(t, inner.text, "No order of these ")
	} else {
		assert.Empty(t, inner.text, "fewer than forty are made")
		told := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		told.Env = append(os.Environ(), life.LimitsVariable+"=40")
		out, err := told.CombinedOutput()
		assert.NoError(t, err, string(out))
	}
}

// few is right as long as there are few tokens: of more than forty it keeps some to itself.
type few struct{ right }

func (s few) Len() int {
	n := s.right.Len()
	return min(n, 40+n%2)
}

// Programs go beyond a number that the fix holds, if the grader has told it.
func TestProgramsGoBeyondTheLimitsOfTheFix(t *testing.T) {
	c := of(func() tokens { return few{right{make(chan struct{}, 1000)}} })
	c.Calls, c.Waits = []contract.Draw[tokens, int]{c.Calls[0], c.Calls[2]}, false // Put and Len
	for name, s := range map[string]contract.Shape{
		"before": {Before: 2, Goroutines: 2, Calls: 1}, "alone": {Before: 3}, "many": {Goroutines: 2, Calls: 1, Many: 4},
	} {
		inner := &told{TB: t}
		for range 200 {
			contract.Check(inner, c, s)
		}
		if os.Getenv(life.LimitsVariable) == "" {
			assert.Empty(t, inner.text, "%s: such a program is short", name)
		} else {
			assert.Contains(t, inner.text, "Len() = 40", name)
		}
	}
	if os.Getenv(life.LimitsVariable) == "" {
		told := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		told.Env = append(os.Environ(), life.LimitsVariable+"=40")
		out, err := told.CombinedOutput()
		assert.NoError(t, err, string(out))
	}
}

// A test that has nothing to run fails, whatever the reason. It still makes one thing,
// and the last calls.
func TestNoProgramIsAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		step  contract.Step[bool]
		shape contract.Shape
		want  string // "": there is a program
	}{
		"a call returns":         {returns, contract.Shape{Goroutines: 2, Calls: 1}, ""},
		"no call ever returns":   {waits, contract.Shape{Goroutines: 2, Calls: 1}, "leaves one waiting forever"},
		"no call can be held":    {returns, contract.Shape{Goroutines: 2, Calls: 1, Hold: true}, "some other call cannot return"},
		"no call at all is made": {waits, contract.Shape{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var made, called, ended int
			inner := &told{TB: t}
			contract.Check(inner, contract.Contract[int, bool]{
				New:   func(*rand.Rand) (int, bool) { made++; return 0, false },
				Calls: []contract.Draw[int, bool]{counted(&called, c.step)},
				Last:  []contract.Draw[int, bool]{counted(&ended, returns)},
				Waits: true,
			}, c.shape)
			assert.Equal(t, c.want == "", inner.text == "", inner.text)
			assert.Contains(t, inner.text, c.want)
			assert.Equal(t, []int{1, 1}, []int{made, ended}, "things made, last calls")
			assert.Equal(t, c.want == "" && c.shape.Goroutines > 0, called > 0, "%d calls", called)
		})
	}
}

func returns(bool) []contract.Outcome[bool] { return []contract.Outcome[bool]{{}} }

func waits(bool) []contract.Outcome[bool] { return nil }

// counted draws a call that counts how often it is made.
func counted(n *int, step contract.Step[bool]) contract.Draw[int, bool] {
	var mu sync.Mutex
	return func(*rand.Rand) contract.Call[int, bool] {
		return contract.Call[int, bool]{
			Name: "call()",
			Do: func(int, contract.Moments) any {
				mu.Lock()
				defer mu.Unlock()
				*n++
				return nil
			},
			Steps: []contract.Step[bool]{step},
		}
	}
}
