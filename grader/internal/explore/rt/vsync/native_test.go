package sync

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outcome is what f returns or panics with.
func outcome(f func() any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("panic: %v", r)
		}
	}()
	return fmt.Sprint(f())
}

// Out of control each does what its real counterpart does.
func TestNativeIsAsReal(t *testing.T) {
	type pair struct{ dropIn, real func() any }
	failed := errors.New("failed")
	cases := map[string]pair{
		"negative counter": {
			func() any { var wg WaitGroup; wg.Add(1); wg.Add(-2); return nil },
			func() any { var wg sync.WaitGroup; wg.Add(1); wg.Add(-2); return nil },
		},
		"OnceFunc": {
			func() any { return calls(OnceFunc) },
			func() any { return calls(sync.OnceFunc) },
		},
		"OnceFunc panics": {
			func() any { return twice(OnceFunc(func() { panic(failed) })) },
			func() any { return twice(sync.OnceFunc(func() { panic(failed) })) },
		},
		"OnceFunc panics with nil": {
			func() any { return twice(OnceFunc(func() { panic(nil) })) },      //nolint:govet // on purpose
			func() any { return twice(sync.OnceFunc(func() { panic(nil) })) }, //nolint:govet // on purpose
		},
		"OnceFunc of nil": {
			func() any { return twice(OnceFunc(nil)) },
			func() any { return twice(sync.OnceFunc(nil)) },
		},
		"OnceValue": {
			func() any { v := OnceValue(counter()); return v()*10 + v() },
			func() any { v := sync.OnceValue(counter()); return v()*10 + v() },
		},
		"OnceValues panics": {
			func() any { v := OnceValues(func() (int, error) { panic(failed) }); return twice(func() { v() }) },
			func() any { v := sync.OnceValues(func() (int, error) { panic(failed) }); return twice(func() { v() }) },
		},
		"OnceValues": {
			func() any {
				a, err := OnceValues(func() (int, error) { return 7, failed })()
				return fmt.Sprint(a, err)
			},
			func() any {
				a, err := sync.OnceValues(func() (int, error) { return 7, failed })()
				return fmt.Sprint(a, err)
			},
		},
		"Once after a panic": {
			func() any {
				var o Once
				return outcome(func() any { o.Do(func() { panic(1) }); return nil }) + again(&o)
			},
			func() any {
				var o sync.Once
				return outcome(func() any { o.Do(func() { panic(1) }); return nil }) + again(&o)
			},
		},
		"Pool": {
			func() any { p := Pool{New: func() any { return 1 }}; p.Put(nil); return p.Get() },
			func() any { p := sync.Pool{New: func() any { return 1 }}; p.Put(nil); return p.Get() },
		},
		"Mutex": {
			func() any {
				var m Mutex
				a := m.TryLock()
				b := m.TryLock()
				m.Unlock()
				return fmt.Sprint(a, b, m.TryLock())
			},
			func() any {
				var m sync.Mutex
				a := m.TryLock()
				b := m.TryLock()
				m.Unlock()
				return fmt.Sprint(a, b, m.TryLock())
			},
		},
		"RWMutex": {
			func() any {
				var m RWMutex
				m.RLock()
				a, b := m.TryRLock(), m.TryLock()
				m.RUnlock()
				m.RUnlock()
				return fmt.Sprint(a, b, m.TryLock(), m.TryRLock())
			},
			func() any {
				var m sync.RWMutex
				m.RLock()
				a, b := m.TryRLock(), m.TryLock()
				m.RUnlock()
				m.RUnlock()
				return fmt.Sprint(a, b, m.TryLock(), m.TryRLock())
			},
		},
		"Map with a key that can not be compared": {
			func() any { var m Map; m.Store([]int{1}, 1); return nil },
			func() any { var m sync.Map; m.Store([]int{1}, 1); return nil },
		},
		"Map with a value that can not be compared": {
			func() any { var m Map; m.Store(1, []int{1}); return m.CompareAndSwap(1, []int{1}, 2) },
			func() any { var m sync.Map; m.Store(1, []int{1}); return m.CompareAndSwap(1, []int{1}, 2) },
		},
	}
	for name, c := range cases {
		assert.Equal(t, outcome(c.real), outcome(c.dropIn), name)
	}
}

func counter() func() int {
	n := 0
	return func() int { n++; return n }
}

func calls(once func(func()) func()) int {
	n := 0
	f := once(func() { n++ })
	f()
	f()
	return n
}

// twice is what two calls of f come to.
func twice(f func()) string {
	call := func() any { f(); return "returned" }
	return outcome(call) + ", " + outcome(call)
}

func again(o interface{ Do(func()) }) string {
	called := false
	o.Do(func() { called = true })
	return fmt.Sprint(called)
}

// anyMap is what both Maps can do.
type anyMap interface {
	Load(any) (any, bool)
	Store(any, any)
	LoadOrStore(any, any) (any, bool)
	LoadAndDelete(any) (any, bool)
	Delete(any)
	Swap(any, any) (any, bool)
	CompareAndSwap(any, any, any) bool
	CompareAndDelete(any, any) bool
	Range(func(any, any) bool)
	Clear()
}

// act does operation op with a key and two values.
func act(m anyMap, op, key, a, b int) string {
	switch op {
	case 0:
		return fmt.Sprint(m.Load(key))
	case 1:
		m.Store(key, a)
	case 2:
		return fmt.Sprint(m.LoadOrStore(key, a))
	case 3:
		return fmt.Sprint(m.LoadAndDelete(key))
	case 4:
		m.Delete(key)
	case 5:
		return fmt.Sprint(m.Swap(key, a))
	case 6:
		return fmt.Sprint(m.CompareAndSwap(key, a, b))
	case 7:
		return fmt.Sprint(m.CompareAndDelete(key, a))
	case 8:
		return contents(m)
	case 9:
		if a == b {
			m.Clear()
		}
	}
	return ""
}

func contents(m anyMap) string {
	var list []string
	m.Range(func(k, v any) bool {
		list = append(list, fmt.Sprint(k, "=", v))
		return true
	})
	sort.Strings(list)
	return fmt.Sprint(list)
}

func TestMapIsAsReal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var dropIn Map
		var real sync.Map
		for i := range 500 {
			op, key, a, b := r.IntN(10), r.IntN(40), r.IntN(3), r.IntN(3)
			require.Equal(t, act(&real, op, key, a, b), act(&dropIn, op, key, a, b), "operation %d, number %d", op, i)
		}
		require.Equal(t, contents(&real), contents(&dropIn))
	}
}

func TestRangeStandsChanges(t *testing.T) {
	var m Map
	for i := range 4 {
		m.Store(i, i)
	}
	var seen []any
	m.Range(func(k, v any) bool {
		seen = append(seen, k)
		m.Delete(1)
		m.Store(2, "new")
		m.Store(10+len(seen), 0)
		if k == 2 {
			assert.Equal(t, "new", v)
			m.Clear()
		}
		return true
	})
	assert.Equal(t, []any{0, 2}, seen)
}

// Native goroutines contend, and block natively.
func TestNativeContention(t *testing.T) {
	var wg WaitGroup
	var mu Mutex
	var rw RWMutex
	var once Once
	var m Map
	var counts [4]int
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				mu.Lock()
				counts[0]++
				mu.Unlock()
				rw.Lock()
				counts[1]++
				rw.Unlock()
				rw.RLock()
				_ = counts[1]
				rw.RUnlock()
				once.Do(func() { counts[2]++ })
				if _, loaded := m.LoadOrStore(i, i); !loaded {
					mu.Lock()
					counts[3]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, [4]int{1600, 1600, 1, 200}, counts)
}

func TestNativeCond(t *testing.T) {
	var wg WaitGroup
	var mu Mutex
	c := NewCond(&mu)
	turn := 0
	for i := range 3 {
		wg.Go(func() {
			for range 100 {
				mu.Lock()
				for turn%3 != i {
					c.Wait()
				}
				turn++
				c.Broadcast()
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 300, turn)
}

// A pool gives a value to one taker at a time, natively too.
func TestNativePool(t *testing.T) {
	p := Pool{New: func() any { return new(int) }}
	var wg WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				x := p.Get().(*int)
				*x++
				p.Put(x)
			}
		})
	}
	wg.Wait()
}
