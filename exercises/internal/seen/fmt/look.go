package fmt

import (
	"context"
	std "fmt"
	"reflect"
	"strings"
)

// refusal is what a call that prints such a value panics with. To print something else
// instead would tell a fix that it is graded.
const refusal = "a fix may not print an address, a function, a channel, a context or a value of package sync: its text is another one in each build. Print a name or a number instead"

// look refuses the arguments of a call that prints them in turn.
func look(args []any) { refuse(args, func(int) bool { return true }) }

// lookf refuses those of a call with a format. With %d a value is printed without its
// methods.
func lookf(format string, args []any) {
	verbs, ok := verbsOf(format)
	refuse(args, func(i int) bool { return ok && i < len(verbs) && verbs[i] != 'd' })
}

func refuse(args []any, byMethod func(int) bool) {
	for i, a := range args {
		if !plain(a) && !(byMethod(i) && speaks(a)) && shows(reflect.ValueOf(a), 0) {
			panic(refusal)
		}
	}
}

// verbsOf are the verbs of a format, by argument. It is false for a format that chooses
// its arguments, or takes a width from them.
func verbsOf(format string) (verbs []byte, ok bool) {
	for {
		_, after, found := strings.Cut(format, "%")
		if !found {
			return verbs, true
		}
		verb := strings.TrimLeft(after, "+-# 0123456789.")
		if verb == "" || verb[0] == '*' || verb[0] == '[' {
			return nil, false
		}
		if verb[0] != '%' {
			verbs = append(verbs, verb[0])
		}
		format = verb[1:]
	}
}

func plain(a any) bool {
	switch a.(type) {
	case nil, string, bool, int, int64, int32, uint8, uint32, uint64, float64:
		return true
	}
	return false
}

// speaks reports whether a value says itself what its text is. A context tells types.
func speaks(a any) bool {
	switch a.(type) {
	case context.Context:
		return false
	case std.Formatter, error, std.Stringer:
		return true
	}
	return false
}

// maxDepth is how deep values are looked into. What goes deeper is refused.
const maxDepth = 20

// shows reports whether the text of a value hangs on the build or the run: it has an
// address in it, or something of package sync, or is a context.
func shows(v reflect.Value, depth int) bool {
	if !v.IsValid() {
		return false
	}
	if depth > maxDepth || strings.HasPrefix(v.Type().PkgPath(), "sync") || strings.Contains(v.Type().PkgPath(), "/vsync") {
		return true
	}
	if depth > 0 && v.CanInterface() && speaks(v.Interface()) {
		return false
	}
	switch v.Kind() {
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return true
	case reflect.Pointer:
		return depth > 0 || !v.IsNil() && shows(v.Elem(), 1) || !composite(v.Type().Elem()) || v.Type().Implements(contexts)
	case reflect.Interface:
		return !v.IsNil() && shows(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if shows(v.Field(i), depth+1) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k <= reflect.Complex128 || k == reflect.String {
			return false
		}
		for i := range v.Len() {
			if shows(v.Index(i), depth+1) {
				return true
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if shows(entry.Key(), depth+1) || shows(entry.Value(), depth+1) {
				return true
			}
		}
	}
	return false
}

var contexts = reflect.TypeFor[context.Context]()

// composite reports whether the target of a pointer is printed, and not its address.
func composite(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		return true
	}
	return false
}
