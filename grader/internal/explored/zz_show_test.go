package explored_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"heisenkata/grader/internal/explored"
)

func TestShow(t *testing.T) {
	w, _ := strconv.Atoi(os.Getenv("W"))
	if w == 0 {
		t.Skip()
	}
	for _, p := range recorded(t).Packages {
		for _, test := range p.Tests {
			if strings.Contains(p.Package+" "+test.Name, os.Getenv("P")) {
				pic := explored.Picture(test, w)
				fmt.Printf("#%d %s %s %s\n  %s\n%s\n\n", strings.Count(pic, "\n"), p.Package, test.Name, test.Verdict, test.Summary, pic)
			}
		}
	}
}
