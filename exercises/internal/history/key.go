package history

import (
	"encoding/binary"
	"fmt"
	"reflect"
)

// keys returns what turns a state of a type into a map key. A comparable state is its own
// key, since writing states down takes most of the time of a walk; so does asking a value,
// rather than its type, whether it is comparable.
func keys(of any) func(state any) any {
	t := reflect.TypeOf(of)
	plain := t == nil || areComparable(t)
	return func(state any) any {
		switch {
		case reflect.TypeOf(state) != t: // of a model whose states are of several types
			return keys(state)(state)
		case plain:
			return state
		}
		return string(appendKey(nil, reflect.ValueOf(state)))
	}
}

// areComparable reports whether all values of a type can be compared by ==. An interface may have
// one that cannot.
func areComparable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return false
	case reflect.Array:
		return areComparable(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !areComparable(t.Field(i).Type) {
				return false
			}
		}
		return true
	}
	return t.Comparable()
}

// appendKey appends bytes that tell a value from others of its type. A nil slice and an empty
// one are the same.
func appendKey(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendNumber(b, v)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.String:
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.String()...)
	case reflect.Slice, reflect.Array:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendKey(b, v.Index(i))
		}
		return b
	case reflect.Struct:
		for i := range v.NumField() {
			b = appendKey(b, v.Field(i))
		}
		return b
	}
	text := fmt.Append(nil, v)
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendNumber(b []byte, v reflect.Value) []byte {
	if v.Kind() != reflect.Bool {
		return binary.AppendVarint(b, v.Int())
	}
	if v.Bool() {
		return append(b, 1)
	}
	return append(b, 0)
}
