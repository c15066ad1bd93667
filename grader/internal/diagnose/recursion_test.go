package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/wire"
)

// overflowed is what the runtime prints for a goroutine with these calls.
func overflowed(calls ...string) string {
	var b strings.Builder
	b.WriteString("runtime: goroutine stack exceeds 67108864-byte limit\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x1?, 0x2?})\n\truntime/panic.go:1229 +0x48\n\n" +
		"goroutine 9 gp=0xc00007e780 m=4 mp=0xc000047808 [running, synctest bubble 1]:\n")
	for i, call := range calls {
		fmt.Fprintf(&b, "%s\n\theisenkata/exercises/x/x.go:%d +0x9f fp=0xc004160678 sp=0xc004160670 pc=0x611ebf\n", call, i+1)
	}
	return b.String() + "...4711 frames elided...\n"
}

func TestOverflow(t *testing.T) {
	const x = "heisenkata/exercises/01-x/01-y"
	again := func(calls ...string) (all []string) {
		for range 4 {
			all = append(all, calls...)
		}
		return all
	}
	for name, c := range map[string]struct {
		calls   []string
		summary string
		line    int // of the innermost call that counts
	}{
		"a method":           {again(x + ".(*T).Get(0xc00008e600)"), "stack overflow: T.Get calls itself again and again", 2},
		"inlined":            {again(x+".(*T).Get(0xc00008e600)", x+".(*T).Get(...)"), "stack overflow: T.Get calls itself again and again", 2},
		"generic":            {again(x + ".(*Queue[...]).Put(0xc00008e600, {0x1, 0x2})"), "stack overflow: Queue.Put calls itself again and again", 2},
		"two functions":      {again(x+".odd(0x7)", x+".even(0x6)"), "stack overflow: even calls odd calls even, and so on", 2},
		"with a leaf":        {append([]string{"fmt.(*buffer).writeString(...)", "fmt.Sprint({0x1})"}, again(x+".T.String({0x1})", "fmt.Sprintf({0x1, 0x2})")...), "stack overflow: Sprintf calls T.String calls Sprintf, and so on", 4},
		"no cycle":           {[]string{x + ".a(...)", x + ".b(...)", x + ".c(...)"}, "stack overflow", 2},
		"nothing but a leaf": {nil, "stack overflow", 0},
	} {
		t.Run(name, func(t *testing.T) {
			summary, calls := Overflow(overflowed(c.calls...))
			assert.Equal(t, c.summary, summary)
			if c.line == 0 {
				assert.Empty(t, calls)
			} else {
				assert.Equal(t, wire.Frame{Func: c.calls[c.line-1], File: "exercises/x/x.go", Line: c.line}, calls[0])
			}
		})
	}
	summary, _ := Overflow(`panic: fatal error: stack overflow` + "\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1\n")
	assert.Empty(t, summary, "a panic's own words")
	summary, _ = Overflow("fatal error: stack overflow\n")
	assert.Equal(t, "stack overflow", summary)
}
