// Package counted writes numbers of things.
package counted

import (
	"strconv"
	"strings"
)

// Of is a number of things in words: "1 test", "2 tests", "3 switches".
func Of(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ch"):
		return strconv.Itoa(n) + " " + what + "es"
	}
	return strconv.Itoa(n) + " " + what + "s"
}
