package forced

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// TestMeasure makes tests of what exploring the starters has found, and prints how many
// fail each time: HEISENKATA_FORCE='hit-counter' go test -run TestMeasure -v
func TestMeasure(t *testing.T) {
	pattern := os.Getenv("HEISENKATA_FORCE")
	if pattern == "" {
		t.Skip("it takes minutes: HEISENKATA_FORCE='.*'")
	}
	file, err := os.Open("../explored/testdata/findings.json.gz")
	require.NoError(t, err)
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	var r explored.Report
	require.NoError(t, json.NewDecoder(z).Decode(&r))
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	for _, p := range r.Packages {
		if strings.Contains(p.Package, " ") || p.Tests == nil {
			continue
		}
		for _, test := range p.Tests {
			what := p.Dir + " " + test.Name
			if !test.Verdict.Found() || !regexp.MustCompile(pattern).MatchString(what) {
				continue
			}
			if draws(filepath.Join(root, p.Dir), test.Name) {
				fmt.Printf("## %s %s: draws its program\n", filepath.Base(p.Dir), test.Name)
				continue
			}
			r, err := Make(t.Context(), Options{Dir: root, Env: os.Environ(), Pattern: "./" + p.Dir, Runs: 5, Test: test})
			fmt.Printf("## %s %s: %d of %d, bubble %t, %v doubts %v told %d %v\n", filepath.Base(p.Dir), test.Name+" "+string(test.Verdict), r.Failures, r.Runs, r.Bubble, r.Problems, r.Doubts, r.Told, err)
			if os.Getenv("HEISENKATA_SHOW") != "" && r.Patch == "" || os.Getenv("HEISENKATA_SHOW") == "all" {
				fmt.Println(r.Command + "\n" + r.Patch + "\n" + r.Why)
			}
		}
	}
}

// draws reports whether a test runs another program each time.
func draws(dir, test string) bool {
	text, _ := os.ReadFile(filepath.Join(dir, "contract_test.go"))
	return strings.Contains(string(text), "func "+test+"(")
}
