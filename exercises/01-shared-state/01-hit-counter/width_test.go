package hitcounter_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
	"heisenkata/exercises/internal/oracle"
)

// No test can wait for 2^31 requests. So this one looks for the fields of 32 bits
// or fewer in which a counter keeps its counts, sets them to almost their maximum,
// and counts on.
func countsOnWhenFull(t *testing.T) {
	t.Helper()
	random := oracle.Random(t)
	var c hitcounter.Counter
	hit := func() {
		for class := range hitcounter.Classes {
			for range 40 + 20*class + random.IntN(20) {
				c.Hit(100 * (class + 1))
			}
		}
	}
	hit()
	counts := countsIn(&c)
	hit()
	for where, number := range countsIn(&c) {
		if _, again := counts[where]; !again || number.Type().Bits() > 32 {
			continue
		}
		const few = 64
		most := uint64(1)<<number.Type().Bits() - 1
		if number.CanInt() {
			most /= 2
			number.SetInt(int64(most) - (int64(most)-number.Int())%few) // keeps the remainder that it had
		} else {
			number.SetUint(most - (most-number.Uint())%few)
		}
		for class := range hitcounter.Classes {
			before := c.Stats()
			for range 2 * few {
				c.Hit(100 * (class + 1))
			}
			before.Total += 2 * few
			before.Classes[class] += 2 * few
			require.Equal(t, before, c.Stats(),
				"%s counts requests, and is a %v: it overflowed at %d", where, number.Type(), most)
		}
	}
}

// countsIn finds the numbers in c that currently equal the total or the count of a class.
func countsIn(c *hitcounter.Counter) map[string]reflect.Value {
	stats := c.Stats()
	counts := append(slices.Clone(stats.Classes[:]), stats.Total)
	found := map[string]reflect.Value{}
	seen := map[any]bool{}
	var look func(where string, v reflect.Value)
	look = func(where string, v reflect.Value) {
		switch {
		case v.CanInt() && slices.Contains(counts, v.Int()),
			v.CanUint() && slices.Contains(counts, int64(v.Uint())):
			found[where] = v
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Interface()] {
				seen[v.Interface()] = true
				look(where, v.Elem())
			}
		case reflect.Array, reflect.Slice:
			for i := range v.Len() {
				look(fmt.Sprintf("%s[%d]", where, i), v.Index(i))
			}
		case reflect.Struct:
			name := v.Type().Name()
			if v.Type().PkgPath() == "sync/atomic" && strings.HasPrefix(name, "Pointer[") {
				look(where, v.Addr().MethodByName("Load").Call(nil)[0])
				return
			}
			if v.Type().PkgPath() == "sync" {
				return
			}
			for i := range v.NumField() {
				field := v.Field(i)
				look(strings.TrimSuffix(where+"."+v.Type().Field(i).Name, ".v"), reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem())
			}
		}
	}
	look("Counter", reflect.ValueOf(c).Elem())
	return found
}
