package profile

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

var update = flag.Bool("update", false, "write the golden files")

// Wilson's interval as others have computed it (R: binom.confint(x, n, methods = "wilson")).
func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		failures, runs int
		low, high      float64
	}{{0, 100, 0, 0.0370}, {1, 100, 0.0018, 0.0545}, {5, 10, 0.2366, 0.7634}, {10, 10, 0.7225, 1}, {0, 0, 0, 1}} {
		low, high := wilson(c.failures, c.runs)
		assert.InDelta(t, c.low, low, 0.0001, "%d of %d", c.failures, c.runs)
		assert.InDelta(t, c.high, high, 0.0001, "%d of %d", c.failures, c.runs)
	}
}

// The interval holds as often as it says, whatever the true rate.
func TestIntervalsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, rate := range []float64{0.02, 0.1, 0.5, 0.9} {
		held := 0
		for range 2000 {
			failures := 0
			for range 60 {
				if r.Float64() < rate {
					failures++
				}
			}
			if low, high := wilson(failures, 60); low <= rate && rate <= high {
				held++
			}
		}
		assert.Greater(t, float64(held)/2000, 0.92, "rate %v", rate)
	}
}

// Any failure is visible, and no rate reads as never or always that is neither.
func TestRatesAreHonest(t *testing.T) {
	assert.Equal(t, "0 %", percent(0, 1000))
	assert.Equal(t, "<1 %", percent(1, 1000))
	assert.Equal(t, ">99 %", percent(999, 1000))
	assert.Equal(t, "100 %", percent(1000, 1000))
	assert.Equal(t, "–", percent(0, 0))
	assert.Equal(t, " ", shade(0))
	assert.Equal(t, "░", shade(0.001))
	assert.Equal(t, "█", shade(1))
}

func TestAmongOthers(t *testing.T) {
	for _, c := range []struct {
		output         string
		exit           int
		failed, counts bool
	}{
		{"=== RUN   TestX\n--- PASS: TestX (0.00s)\n--- FAIL: TestXY (0.00s)\n", 1, false, true},
		{"=== RUN   TestX\n--- FAIL: TestX (0.00s)\n", 1, true, true},
		{"=== RUN   TestX\nfatal error: concurrent map writes\n", 2, true, true},
		{"=== RUN   TestA\npanic: before its turn\n", 2, false, false},
	} {
		failed, counts := among(c.output, "TestX", c.exit)
		assert.Equal(t, c.failed, failed, c.output)
		assert.Equal(t, c.counts, counts, c.output)
	}
}

func TestPatience(t *testing.T) {
	assert.Equal(t, maxHang, patience(0))
	assert.Equal(t, minHang, patience(time.Millisecond))
	assert.Equal(t, 4*time.Second, patience(200*time.Millisecond))
	assert.Equal(t, maxHang, patience(time.Minute))
}

// Changed files parse, and keep their declarations and statements at their lines: so do
// those of Go's own library.
func TestChangesKeepLines(t *testing.T) {
	for _, dir := range []string{"sync", "net/http", "go/parser", "strconv", "time"} {
		files, err := filepath.Glob(filepath.Join(runtime.GOROOT(), "src", dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			source, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, change := range []func([]byte) ([]byte, error){logged, slowed} {
				text, err := change(source)
				require.NoError(t, err, name)
				assert.Equal(t, lines(t, source), lines(t, text), name)
			}
		}
	}
}

// lines are those of a file's functions and of its returns.
func lines(t *testing.T, source []byte) (lines []int) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit, *ast.ReturnStmt:
			lines = append(lines, files.Position(n.Pos()).Line)
		}
		return true
	})
	return lines
}

func TestProfileOfAModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module x\n\ngo 1.25\n",
		"x.go":   "package x\n\nimport \"runtime\"\n\nfunc One() bool { return runtime.GOMAXPROCS(0) == 1 }\n",
		"x_test.go": "package x\n\nimport \"testing\"\n\nfunc TestNever(t *testing.T) {}\nfunc TestOnOne(t *testing.T) {\n\tif One() {\n\t\tt.Error(\"one\")\n\t}\n}\n" +
			"func TestAfter(t *testing.T) {}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	o := Options{Dir: dir, Env: append(os.Environ(), "GOWORK=off"), Pattern: ".", Test: "onone", Runs: 2, Budget: time.Hour}
	r, err := Run(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, "TestOnOne", r.Test)
	require.Len(t, r.Rows, len(looks))
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			assert.Equal(t, 2, c.Runs, row.Name)
			assert.Equal(t, map[bool]int{true: 2}[c.Processors == 1], c.Failures, "%s, %d processors", row.Name, c.Processors)
		}
	}
	o.Test = "no such test"
	_, err = Run(t.Context(), o)
	assert.ErrorContains(t, err, "TestNever")
	assert.ErrorAs(t, err, new(CallError))
}

// sample is a profile with all kinds of cells.
func sample() Report {
	r := Report{Schema: Schema, Package: "x/<y>", Test: "TestX", Seconds: 12.3, Explored: &explored.Test{Verdict: explored.Race, Schedules: 5}}
	for i, l := range looks {
		row := Row{Name: l.name, Doc: l.doc}
		for j, n := range Processors {
			c := Cell{Processors: n, Runs: 100 - 20*j, Failures: i * (10 - 2*j)}
			if i == 1 && j == 3 {
				c = Cell{Processors: n}
			}
			c.Low, c.High = wilson(c.Failures, c.Runs)
			row.Cells = append(row.Cells, c)
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func TestFormats(t *testing.T) {
	for name, write := range map[string]func(io.Writer, Report) error{"terminal.txt": WriteTerminal, "profile.svg": WriteSVG, "profile.json": WriteJSON} {
		var b bytes.Buffer
		require.NoError(t, write(&b, sample()))
		text := ansi.Strip(b.String())
		file := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), text, name)
		for line := range strings.Lines(text) {
			if name == "terminal.txt" {
				assert.LessOrEqual(t, ansi.StringWidth(strings.TrimRight(line, "\n")), 80)
				assert.Equal(t, strings.TrimRight(line, " \n"), strings.TrimRight(line, "\n"), "no blanks at the end")
			}
		}
	}
}

// A picture is XML whatever the names in it are, and the JSON reads back.
func TestHostileNames(t *testing.T) {
	r := sample()
	r.Test = "Test</text><script>\"&\x1b[2J\x00"
	var picture, data bytes.Buffer
	require.NoError(t, WriteSVG(&picture, r))
	assert.NoError(t, xml.Unmarshal(picture.Bytes(), new(struct {
		XMLName xml.Name
	})))
	assert.NotContains(t, picture.String(), "<script>")
	require.NoError(t, WriteJSON(&data, r))
	var back Report
	require.NoError(t, json.Unmarshal(data.Bytes(), &back))
	assert.Equal(t, r.Test, back.Test)
}
