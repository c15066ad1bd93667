package sched

import (
	"cmp"
	"reflect"
	"slices"
)

// Keys returns the keys of m in an order that is the same every time, as long
// as they hold no pointers. It stands for the random order of a range over m.
func Keys[M ~map[K]V, K comparable, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	switch sortable := any(keys).(type) {
	case []string:
		slices.Sort(sortable)
	case []int:
		slices.Sort(sortable)
	default:
		slices.SortStableFunc(keys, func(a, b K) int { return compare(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem()) })
	}
	return keys
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
