package sched

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"
)

// Keys returns the keys of m in an order of the schedule's, as long as they hold no
// pointers. It stands for the random order of a range over m, and looks like one.
func Keys[M ~map[K]V, K comparable, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	var drawn uint64
	if c := at(); c != nil && len(keys) > 1 {
		drawn = c.order()
	}
	if small(*(*unsafe.Pointer)(unsafe.Pointer(&m))) {
		return turned(keys, drawn)
	}
	sortKeys(keys)
	if drawn != 0 {
		shuffle(keys, drawn)
	}
	return keys
}

// Order is drawn for an order of the schedule's, of things that are told apart by numbers:
// 0 is their own order.
func Order() uint64 {
	if c := at(); c != nil {
		return c.order()
	}
	return 0
}

func shuffle[K any](keys []K, drawn uint64) {
	for i := len(keys) - 1; i > 0; i-- {
		j := drawn % uint64(i+1)
		keys[i], keys[j] = keys[j], keys[i]
		drawn = Mix(drawn)
	}
}

// turned has the keys of a small map begin at the place drawn, counted from the least.
func turned[K comparable](keys []K, drawn uint64) []K {
	if len(keys) < 2 {
		return keys
	}
	least := 0
	for i := range keys {
		if compareKeys(keys[i], keys[least]) < 0 {
			least = i
		}
	}
	first := (least + int(drawn%uint64(len(keys)))) % len(keys)
	return append(keys[first:len(keys):len(keys)], keys[:first]...)
}

// small reports whether Go keeps a map's entries in one group: a range over it begins
// anywhere, and then goes round in the order in which they were put in.
//
//go:norace
func small(m unsafe.Pointer) bool {
	// The head of the type Map of internal/runtime/maps.
	head := (*struct {
		used      uint64
		seed      uintptr
		directory unsafe.Pointer
		length    int
	})(m)
	return head != nil && head.length == 0
}

// order draws a number for a range over a map: one of the schedule's, of the goroutine's,
// and of how often it has asked, so that other goroutines have no part in it. It is 0 in
// schedules of seed 0, which are the plainest.
//
//go:norace
func (c *Controller) order() uint64 {
	c.ordered = true
	if c.seed == 0 {
		return 0
	}
	g := c.self()
	g.ranges++
	return Mix(Mix(c.seed+g.name)+g.ranges) | 1<<63
}

func sortKeys[K comparable](keys []K) {
	switch sortable := any(keys).(type) {
	case []string:
		slices.Sort(sortable)
	case []int:
		slices.Sort(sortable)
	default:
		slices.SortStableFunc(keys, compareKeys)
	}
}

func compareKeys[K comparable](a, b K) int {
	return compare(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem())
}

// MapZero is the zero value of the map's elements.
func MapZero[M ~map[K]V, K comparable, V any](M) (v V) { return v }

// compare orders two values of one type; pointers and channels are all equal.
func compare(a, b reflect.Value) int {
	switch kind := a.Kind(); {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case kind == reflect.String:
		return cmp.Compare(a.String(), b.String())
	case kind == reflect.Bool:
		return cmp.Compare(bit(a.Bool()), bit(b.Bool()))
	case kind == reflect.Struct:
		return compareEach(a.NumField(), a.Field, b.Field)
	case kind == reflect.Array:
		return compareEach(a.Len(), a.Index, b.Index)
	case kind == reflect.Interface:
		return compareDynamic(a.Elem(), b.Elem())
	}
	return 0
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareEach(n int, a, b func(int) reflect.Value) int {
	for i := range n {
		if order := compare(a(i), b(i)); order != 0 {
			return order
		}
	}
	return 0
}

// compareDynamic orders what two interfaces hold: by type, then by value.
func compareDynamic(a, b reflect.Value) int {
	if !a.IsValid() || !b.IsValid() {
		return cmp.Compare(bit(a.IsValid()), bit(b.IsValid()))
	}
	if a.Type() != b.Type() {
		return cmp.Compare(a.Type().String(), b.Type().String())
	}
	return compare(a, b)
}
