package atomic

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

func explore(t *testing.T, n int, f func()) *sched.Finding {
	t.Helper()
	s := search.New(1)
	for i := range n {
		s.Begin(i)
		r := sched.Run(t, s, sched.Options{}, f)
		s.End(r.Steps)
		if r.Finding != nil {
			return r.Finding
		}
	}
	return nil
}

// script calls each method that the value has, with small numbers.
func script(x any) (results []string) {
	v := reflect.ValueOf(x)
	for _, call := range []struct {
		method string
		args   []int
	}{
		{"Load", nil}, {"Store", []int{6}}, {"Add", []int{5}}, {"And", []int{7}}, {"Or", []int{8}}, {"Swap", []int{3}},
		{"CompareAndSwap", []int{4, 9}}, {"CompareAndSwap", []int{3, 9}}, {"Load", nil},
	} {
		m := v.MethodByName(call.method)
		var args []reflect.Value
		for i, a := range call.args {
			args = append(args, reflect.ValueOf(a).Convert(m.Type().In(i)))
		}
		results = append(results, call.method)
		for _, r := range m.Call(args) {
			results = append(results, fmt.Sprint(r))
		}
	}
	return results
}

func TestIntegersAreAsReal(t *testing.T) {
	for _, pair := range [][2]any{
		{new(atomic.Int32), new(Int32)}, {new(atomic.Int64), new(Int64)}, {new(atomic.Uint32), new(Uint32)},
		{new(atomic.Uint64), new(Uint64)}, {new(atomic.Uintptr), new(Uintptr)},
	} {
		assert.Equal(t, script(pair[0]), script(pair[1]), "%T", pair[1])
	}
}

// call calls a function on an address and small numbers.
func call(f any, p reflect.Value, args ...int) string {
	v := reflect.ValueOf(f)
	in := []reflect.Value{p}
	for i, a := range args {
		in = append(in, reflect.ValueOf(a).Convert(v.Type().In(i+1)))
	}
	text := ""
	for _, r := range v.Call(in) {
		text += fmt.Sprint(r)
	}
	return text + fmt.Sprint(p.Elem())
}

func TestFunctionsAreAsReal(t *testing.T) {
	for _, row := range [][]any{
		{AddInt32, atomic.AddInt32}, {AddInt64, atomic.AddInt64}, {AddUint32, atomic.AddUint32}, {AddUint64, atomic.AddUint64}, {AddUintptr, atomic.AddUintptr},
		{AndInt32, atomic.AndInt32}, {AndInt64, atomic.AndInt64}, {AndUint32, atomic.AndUint32}, {AndUint64, atomic.AndUint64}, {AndUintptr, atomic.AndUintptr},
		{OrInt32, atomic.OrInt32}, {OrInt64, atomic.OrInt64}, {OrUint32, atomic.OrUint32}, {OrUint64, atomic.OrUint64}, {OrUintptr, atomic.OrUintptr},
		{SwapInt32, atomic.SwapInt32}, {SwapInt64, atomic.SwapInt64}, {SwapUint32, atomic.SwapUint32}, {SwapUint64, atomic.SwapUint64}, {SwapUintptr, atomic.SwapUintptr},
		{StoreInt32, atomic.StoreInt32}, {StoreInt64, atomic.StoreInt64}, {StoreUint32, atomic.StoreUint32}, {StoreUint64, atomic.StoreUint64}, {StoreUintptr, atomic.StoreUintptr},
		{LoadInt32, atomic.LoadInt32}, {LoadInt64, atomic.LoadInt64}, {LoadUint32, atomic.LoadUint32}, {LoadUint64, atomic.LoadUint64}, {LoadUintptr, atomic.LoadUintptr},
		{CompareAndSwapInt32, atomic.CompareAndSwapInt32}, {CompareAndSwapInt64, atomic.CompareAndSwapInt64}, {CompareAndSwapUint32, atomic.CompareAndSwapUint32}, {CompareAndSwapUint64, atomic.CompareAndSwapUint64}, {CompareAndSwapUintptr, atomic.CompareAndSwapUintptr},
	} {
		kind := reflect.TypeOf(row[0])
		p := [2]reflect.Value{reflect.New(kind.In(0).Elem()), reflect.New(kind.In(0).Elem())}
		for n := range 8 { // from 0 on, so that CompareAndSwap swaps as well
			args := []int{n, n + 3}[:kind.NumIn()-1]
			assert.Equal(t, call(row[1], p[1], args...), call(row[0], p[0], args...), "%T %v", row[0], args)
		}
	}
}

func TestOtherTypesAreAsReal(t *testing.T) {
	var b Bool
	assert.False(t, b.Swap(true))
	assert.True(t, b.CompareAndSwap(true, false))
	b.Store(true)
	assert.True(t, b.Load())

	x, y := 1, 2
	var p Pointer[int]
	assert.Nil(t, p.Swap(&x))
	assert.True(t, p.CompareAndSwap(&x, &y))
	assert.Same(t, &y, p.Load())
	p.Store(&x)
	assert.Same(t, &x, p.Load())

	var v Value
	assert.Nil(t, v.Load())
	v.Store(1)
	assert.Equal(t, 1, v.Swap(2))
	assert.True(t, v.CompareAndSwap(2, 3))
	assert.Equal(t, 3, v.Load())
	assert.PanicsWithValue(t, "sync/atomic: store of inconsistently typed value into Value", func() { v.Store("") })

	u := unsafe.Pointer(&x)
	assert.Equal(t, unsafe.Pointer(&x), SwapPointer(&u, unsafe.Pointer(&y)))
	assert.True(t, CompareAndSwapPointer(&u, unsafe.Pointer(&y), nil))
	StorePointer(&u, unsafe.Pointer(&x))
	assert.Equal(t, unsafe.Pointer(&x), LoadPointer(&u))
}

// An atomic passes on what was before it; between two there is a point.
func TestUnderControl(t *testing.T) {
	require.Nil(t, explore(t, 200, func() {
		var ready Bool
		x := 0
		sched.Go(0, func() {
			x = 1
			ready.Store(true)
		})
		if ready.Load() && x != 1 {
			sched.Report(sched.Wrong, "what was before Store is not seen after Load")
		}
	}))
	found := explore(t, 200, func() {
		var n int64
		done := make(chan bool, 2)
		for range 2 {
			sched.Go(0, func() {
				StoreInt64(&n, LoadInt64(&n)+1)
				done <- true
			})
		}
		sched.Recv(0, done)
		sched.Recv(0, done)
		if LoadInt64(&n) != 2 {
			sched.Report(sched.Wrong, "an increment is lost")
		}
	})
	require.NotNil(t, found)
	assert.Equal(t, "an increment is lost", found.Text)
}
