package sched

import (
	"math"
	"reflect"
	"strconv"
	"time"

	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// What code reads and writes is noted in detail only, and only by the goroutine that has
// just done so: no access is added, and no schedule changes. It is copied at once, as
// plain numbers and bytes, since what a value points to may belong to others.

// value is what simple memory holds.
type value struct {
	kind valueKind
	bits uint64
	text [maxShown]byte
}

type valueKind uint8

const (
	noValue valueKind = iota
	isNil
	notNil
	aBool
	anInt
	aUint
	aFloat32
	aFloat64
	aDuration
	aString  // bits is its length, text its beginning
	aSlice   // bits is its length
	isClosed // what a receive found, rather than a value
	aCase    // the case of a select; its text is the call
)

// The calls of what channels pass on: what a receive returns, what a select has received, what
// is sent.
const (
	receives = "<-"
	takes    = "case <-"
	sends    = "-<"
)

// maxShown is how many bytes of a string are kept.
const maxShown = 24

// seen is a value that has been noted.
type seen struct {
	value
	name string // of the object that holds it; "" for that of the step under way
	call string // of what a call has returned: its name
	g    int32
	step int32 // the number of the step that it belongs to; -1: none
	mark int32 // or of the mark, from 1 on; 0: none
}

// values holds those of the schedule that runs, the latest ones if they are many.
// It is an array since the race detector would see an append.
var values [8192]seen

// Tells reports whether values are noted.
//
//go:norace
func Tells() bool { return cur != nil && cur.detail }

// Holds notes what the object of the step under way holds now.
func Holds[T any](v T) T {
	if Tells() {
		noteValue(seen{value: valueOf(v)})
	}
	return v
}

// Returned notes what a call returns, which is the step under way.
func Returned[T any](call string, v T) T {
	if Tells() {
		noteValue(seen{value: valueOf(v), call: call})
	}
	return v
}

// Chose notes which case a select took, and what that sent or received: the text of one, or the
// default if i is negative.
func Chose(i int, operations []Operation, cases ...string) {
	text := "default"
	if i >= 0 {
		text = cases[i]
		noteChosen(i)
		operations[i].tell()
	}
	noteValue(seen{value: value{kind: aCase}, call: text})
}

// noteChosen adds to the last step, a select, which channel it took.
//
//go:norace
func noteChosen(i int) {
	c := at()
	if c == nil || c.quiet || len(c.steplog) == 0 || i >= search.Most {
		return
	}
	if g, last := c.known(getg()), &c.steplog[len(c.steplog)-1]; g != nil && last.G == g.ID {
		last.chosen = g.choosing[i]
	}
}

// Loaded notes what a call returns that its object holds now.
func Loaded[T any](call string, v T) T {
	if Tells() {
		noteValue(seen{value: valueOf(v)})
		noteValue(seen{value: valueOf(v), call: call})
	}
	return v
}

// Seen notes what an object of the last point or mark holds.
func Seen[T any](object string, v T) T {
	if Tells() {
		noteObject(seen{value: valueOf(v), name: object}, false)
	}
	return v
}

// Due is Seen before the mark is made.
func Due[T any](object string, v T) T {
	if Tells() {
		noteObject(seen{value: valueOf(v), name: object}, true)
	}
	return v
}

// noteValue adds a value to the last step, if that is the calling goroutine's.
//
//go:norace
func noteValue(s seen) {
	c := at()
	if c == nil || !c.detail || c.quiet || s.kind == noValue || len(c.steplog) == 0 {
		return
	}
	g, last := c.known(getg()), len(c.steplog)-1
	if g != nil && c.steplog[last].G == g.ID {
		s.g, s.step = g.ID, int32(last)
		c.addValue(s)
	}
}

// noteObject adds a value to the last mark if no step has come after it, or else to the
// last step; or to the next mark.
//
//go:norace
func noteObject(s seen, due bool) {
	c := at()
	if c == nil || !c.detail || c.quiet || s.kind == noValue {
		return
	}
	switch g := c.known(getg()); {
	case g == nil:
	case due:
		s.g, s.step, s.mark = g.ID, -1, int32(c.marked+1)
		c.addValue(s)
	case c.marked > 0 && marks[(c.marked-1)%len(marks)].g == g.ID && int(marks[(c.marked-1)%len(marks)].step) == len(c.steplog):
		s.g, s.step, s.mark = g.ID, -1, int32(c.marked)
		c.addValue(s)
	default:
		noteValue(s)
	}
}

//go:norace
func (c *Controller) addValue(s seen) {
	values[c.valued%len(values)] = s
	c.valued++
}

var durationType = reflect.TypeFor[time.Duration]()

// valueOf copies a value that is simple. It calls no method of it, and follows no pointer.
func valueOf[T any](v T) value {
	kind := reflect.TypeFor[T]().Kind()
	if kind == reflect.Struct || kind == reflect.Array {
		return value{}
	}
	r := reflect.ValueOf(v)
	if !r.IsValid() {
		return value{kind: isNil}
	}
	s := simple(r)
	if kind == reflect.Interface && (s.kind == noValue || s.kind == isNil || s.kind == aSlice) {
		return value{kind: notNil}
	}
	return s
}

func simple(r reflect.Value) value {
	switch kind := r.Kind(); {
	case kind == reflect.Bool:
		return value{kind: aBool, bits: uint64(bit(r.Bool()))}
	case r.Type() == durationType:
		return value{kind: aDuration, bits: uint64(r.Int())}
	case r.CanInt():
		return value{kind: anInt, bits: uint64(r.Int())}
	case r.CanUint():
		return value{kind: aUint, bits: r.Uint()}
	case kind == reflect.Float32:
		return value{kind: aFloat32, bits: math.Float64bits(r.Float())}
	case kind == reflect.Float64:
		return value{kind: aFloat64, bits: math.Float64bits(r.Float())}
	case kind == reflect.String:
		return copied(r.String())
	case kind == reflect.Slice && !r.IsNil():
		return value{kind: aSlice, bits: uint64(r.Len())}
	case kind == reflect.Pointer, kind == reflect.Func, kind == reflect.Map, kind == reflect.Chan, kind == reflect.Slice, kind == reflect.UnsafePointer:
		if r.IsNil() {
			return value{kind: isNil}
		}
		return value{kind: notNil}
	}
	return value{}
}

// copied is the beginning of a string.
//
//go:norace
func copied(s string) value {
	v := value{kind: aString, bits: uint64(len(s))}
	for i := 0; i < len(s) && i < maxShown; i++ {
		v.text[i] = s[i]
	}
	return v
}

// String writes a value as Go code does where it can: 3, "abc", nil; or "not nil", "len 3".
func (v value) String() string {
	switch v.kind {
	case isNil:
		return "nil"
	case notNil:
		return "not nil"
	case isClosed:
		return "closed"
	case aBool:
		return strconv.FormatBool(v.bits == 1)
	case anInt:
		return strconv.FormatInt(int64(v.bits), 10)
	case aUint:
		return strconv.FormatUint(v.bits, 10)
	case aFloat32:
		return strconv.FormatFloat(math.Float64frombits(v.bits), 'g', -1, 32)
	case aFloat64:
		return strconv.FormatFloat(math.Float64frombits(v.bits), 'g', -1, 64)
	case aDuration:
		return time.Duration(v.bits).String()
	case aString:
		if v.bits > maxShown {
			return strconv.Quote(string(v.text[:])) + "…"
		}
		return strconv.Quote(string(v.text[:v.bits]))
	case aSlice:
		return "len " + strconv.FormatUint(v.bits, 10)
	}
	return ""
}

// valuesOf finds the values of the steps and marks of a schedule.
type valuesOf map[[2]int32][]seen // by step and mark

func (c *Controller) values() valuesOf {
	found := valuesOf{}
	for i := max(0, c.valued-len(values)); i < c.valued; i++ {
		s := values[i%len(values)]
		key := [2]int32{s.step, s.mark}
		found[key] = append(found[key], s)
	}
	return found
}

// tell adds to a step what its objects hold after it, and what its call has returned.
func (v valuesOf) tell(s *wire.Step, step, mark int) {
	for _, seen := range v[[2]int32{int32(step), int32(mark)}] {
		switch text := seen.String(); {
		case seen.g != s.G:
		case seen.kind == aCase:
			s.Returned = "→ " + seen.call
		case seen.call == sends:
			s.Sent = text
		case seen.call == takes:
			s.Received = text
		case seen.call == receives:
			s.Returned = "→ " + text
		case seen.call != "":
			s.Returned = seen.call + "() → " + text
		case seen.name == "":
			s.Value = text
		case s.Values == nil:
			s.Values = map[string]string{seen.name: text}
		default:
			s.Values[seen.name] = text
		}
	}
}
