package progress

import (
	"go/format"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `package x

import "sync"

// C counts.
type C struct {
	mu sync.Mutex
	n  int
}

func (c *C) Hit(a, b int) { c.mu.Lock(); c.n++; c.mu.Unlock() }

var s = []string{"a", ` + "`\n`" + `}
`

func codeOf(source string) string { return Code(map[string][]byte{"x.go": []byte(source)}) }

func TestCommentsAndFormattingAreNoChange(t *testing.T) {
	formatted, err := format.Source([]byte("package x; import \"sync\"; type C struct { mu sync.Mutex; n int };\nfunc (c * C) Hit (a,b int,) {\n\n c.mu.Lock(); c.n ++\nc.mu.Unlock();\n}\nvar s = [] string { \"a\",\n`\n`,\n}"))
	require.NoError(t, err)
	for _, same := range []string{
		string(formatted),
		"// At the top.\n" + sample + "// At the end.\n",
		"/* of\nlines */ " + sample,
		sample + "\n\n\n",
	} {
		assert.Equal(t, codeOf(sample), codeOf(same), same)
	}
}

func TestEveryOtherChangeIsOne(t *testing.T) {
	seen := map[string]string{}
	for _, source := range []string{
		sample, "", "package x", "package y", "package x; var a, b int", "package x; var a int",
		"package x; var a = 1", "package x; var a = 01", "package x; var a = \"1\"", "package x; var a = `1`",
		"package x; var a = []int{1, 2}", "package x; var a = []int{12}", "package x; func f() { g(); h() }", "package x; func f() { g()\n+h() }",
		"package x; // var a int", "package x; var \x00", "package x; @", "package x; #",
	} {
		code := codeOf(source)
		assert.Regexp(t, `^[0-9a-f]{16}$`, code)
		if other, ok := seen[code]; ok && source != "package x; // var a int" {
			t.Errorf("%q and %q have the same code", source, other)
		}
		seen[code] = source
	}
	assert.NotEqual(t, Code(map[string][]byte{"a.go": []byte("package x"), "b.go": nil}), Code(map[string][]byte{"a.go": nil, "b.go": []byte("package x")}))
}

// Whatever a learner writes has a code: it need not be Go.
func FuzzCode(f *testing.F) {
	for _, source := range []string{sample, "package x; `", "\xff\xfe", "'", "/*", "\"\n", "1e", "package x\r\n"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		code := codeOf(source)
		assert.Regexp(t, `^[0-9a-f]{16}$`, code)
		if _, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution); err == nil {
			assert.Equal(t, code, codeOf(source+"\n// After.\n"))
		}
	})
}
