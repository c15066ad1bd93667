package submission

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// buffers is a program in which each method of a bytes.Buffer meets a write to it, and each
// function of the stand-in of strconv that appends meets a read of what it writes, and bytes.Clone a
// write to what it reads. Each pair is in a function named by a number.
const buffers = `package main

import (
	"bytes"
	"io"
	"runtime"
	"strings"

	"heisenkata/exercises/internal/seen/strconv"
)

var (
	_ io.Reader
	_ = strings.NewReader
	_ = strconv.Itoa
)
` + apart + `
func main() {
	%s
}
%s`

const (
	bufferForm = `
func pair%d() {
	b := bytes.NewBufferString("some text\n")
	apart(func() { b.%s }, func() { b.WriteString("more") })
}
`
	appendForm = `
func pair%d() {
	dst := make([]byte, 100)
	apart(func() { strconv.%s }, func() { for i := range dst { dst[0] += dst[i] } })
}
`
	cloneForm = `
func pair%d() {
	src := make([]byte, 100)
	apart(func() { bytes.%s }, func() { src[5]++ })
}
`
)

// arguments of the methods, by their types.
var arguments = map[string]string{"[]uint8": "make([]byte, 3)", "io.Reader": `strings.NewReader("abc")`, "io.Writer": "io.Discard", "string": `"abc"`}

// appends are the functions of strconv that append, with arguments.
var appends = []string{
	"AppendBool(dst[:0], true)", "AppendFloat(dst[:0], 1, 'g', -1, 64)", "AppendInt(dst[:0], 1, 10)", "AppendUint(dst[:0], 1, 10)",
	"AppendQuote(dst[:0], `x`)", "AppendQuoteToASCII(dst[:0], `x`)", "AppendQuoteToGraphic(dst[:0], `x`)",
	"AppendQuoteRune(dst[:0], 'x')", "AppendQuoteRuneToASCII(dst[:0], 'x')", "AppendQuoteRuneToGraphic(dst[:0], 'x')",
}

// What a fix may use of bytes and strconv is seen by the race detector.
func TestBuffersAreSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program with the race detector")
	}
	var calls []string
	buffer := reflect.TypeFor[*bytes.Buffer]()
	for m := range buffer.NumMethod() {
		method := buffer.Method(m)
		var given []string
		for i := 1; i < method.Type.NumIn(); i++ {
			arg, ok := arguments[method.Type.In(i).String()]
			if !ok {
				arg = "1" // a number, a byte or a rune
			}
			given = append(given, arg)
		}
		calls = append(calls, method.Name+"("+strings.Join(given, ", ")+")")
	}
	var run, text strings.Builder
	all := slices.Concat(calls, appends, []string{"Clone(src)"})
	for i, call := range all {
		form := bufferForm
		switch {
		case i == len(all)-1:
			form = cloneForm
		case i >= len(calls):
			form = appendForm
		}
		fmt.Fprintf(&run, "pair%d(); ", i)
		fmt.Fprintf(&text, form, i, call)
	}
	standard, _ := declared(t, standard(t, "strconv"))
	for name := range standard {
		known := slices.ContainsFunc(appends, func(call string) bool { return strings.HasPrefix(call, name+"(") })
		assert.Equal(t, strings.HasPrefix(name, "Append"), known, name)
	}
	log := raced(t, fmt.Sprintf(buffers, run.String(), text.String()))
	for i, call := range all {
		assert.Contains(t, log, fmt.Sprintf("main.pair%d.", i), call)
	}
}
