package instrument

import (
	"go/importer"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each variable says which tests can reach it.
const reachSource = `package p

import "testing"

type thing struct{ n int }

func (*thing) method() { _ = byMethod }

func init() { byInit++ }

func helper() { deep() }

func deep() { byHelper++ }

func Exported() { _ = byExported }

func TestMain(m *testing.M) { m.Run() }

func TestA(t *testing.T) { byA++; helper() }

func TestB(t *testing.T) { byB[0]++; helper(); func() { byBoth = byA }() }

func BenchmarkA(b *testing.B) { byBenchmark++ }

func unused() { _ = byNone }

var (
	byMethod    = new(int)  // all
	byInit      = 1         // all
	byExported  = []int{1}  // all
	Public      = 1         // all
	byHelper    int         // .For("TestA", "TestB")
	byA         int         // .For("TestA", "TestB")
	byB         = base[1:2] // .For("TestB")
	byBoth      int         // .For("TestB")
	byBenchmark int         // .For()
	byNone      = new(int)  // .For()
	base        = make([]int, 5) // .For("TestB")
)
`

func TestReach(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p_test.go"), []byte(reachSource), 0o600))
	fset := token.NewFileSet()
	p := load(t, dir, "go1.26", importer.ForCompiler(fset, "source", nil), fset)
	p.Target = true
	r := &rewriter{Package: p, reached: reachesOf(p)}
	f := &file{rewriter: r}
	lines := regexp.MustCompile(`(?m)^\t(\w+) .*// (.+)$`).FindAllStringSubmatch(reachSource, -1)
	require.Len(t, lines, 11)
	for _, l := range lines {
		got := f.limit(reset{vars: []string{l[1]}})
		if l[2] == "all" {
			l[2] = ""
		}
		assert.Equal(t, l[2], got, l[1])
	}
	assert.Empty(t, f.limit(reset{vars: []string{"byA", "byInit"}}), "variables that are set together are made anew together")
	assert.Equal(t, `.For().Changes([]string{"TestB"}, &byB)`, f.limit(reset{also: []string{"byB"}}), "what it changes beside counts")
	assert.Equal(t, `.For("TestB").Changes(nil, &byInit)`, f.limit(reset{vars: []string{"byB"}, also: []string{"byInit"}}))
	assert.Equal(t, `.For().Changes(nil)`, f.limit(reset{wide: true}), "of other packages every test may see something")
	p.Target = false
	assert.Empty(t, (&file{rewriter: &rewriter{Package: p}}).limit(reset{vars: []string{"byA"}}), "of other packages no test is known")
}
