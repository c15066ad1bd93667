package submission

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The largest sources of the deepest kinds are refused, and soon.
func TestCheckIsBounded(t *testing.T) {
	for _, c := range []struct{ before, open, middle, end, after string }{
		{"var _ = ", "(", "", "", ""},
		{"var _ = ", "(", "1", ")", ""},
		{"var _ = ", "!", "true", "", ""},
		{"var _ = ", "-(", "1", ")", ""},
		{"var _ = ", "1+", "1", "", ""},
		{"var _ = ", "func() { _ = ", "1", "}", ""},
		{"var _ = [][]int", "{", "1", "}", ""},
		{"var _ = a", "[a", "", "]", ""},
		{"var _ = a", ".a", "", "", ""},
		{"var _ = a", "()", "", "", ""},
		{"var _ ", "*", "int", "", ""},
		{"var _ ", "[]", "int", "", ""},
		{"var _ ", "chan ", "int", "", ""},
		{"var _ ", "struct{ a ", "int", "}", ""},
		{"var _ ", "func(", "", ")", ""},
		{"type T[P ", "interface{", "int", "}", "] int"},
		{"func F() {", "{", "", "}", "}"},
		{"func F() {", "if a {} else ", "{}", "", "}"},
		{"func F() {", "a: ", "", "", "}"},
	} {
		n := (MaxFileSize - 100) / (len(c.open) + len(c.end))
		start := time.Now()
		found := checkSource(exercise, c.before+strings.Repeat(c.open, n)+c.middle+strings.Repeat(c.end, n)+c.after)
		assert.NotEmpty(t, found, c.open)
		assert.Less(t, time.Since(start), 10*time.Second, c.open)
	}
}

// Constants are not computed: a type checker would need gigabytes for these few
// lines, and for more of them all there is.
func TestCheckComputesNothing(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("const a0 = \"0123456789abcdef\"\n")
	for i := range 60 {
		fmt.Fprintf(&bomb, "const a%d = a%d + a%d\n", i+1, i, i)
	}
	bomb.WriteString("const size = len(a60)\ntype T[P any] struct{ next *T[T[P]] }\n")
	start := time.Now()
	assert.Empty(t, checkSource(exercise, bomb.String()))
	assert.Less(t, time.Since(start), 5*time.Second)
}
