package life

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
)

// Size draws a number from 1 to most on a logarithmic scale: most are small, some are
// as large as possible. If the fix holds numbers in that range, one of three is close to
// one of them.
func Size(r *rand.Rand, most int) int {
	if n, ok := Limit(r, most); ok && r.IntN(3) == 0 {
		return n
	}
	return int(math.Exp(r.Float64() * math.Log(float64(most+1))))
}

// Sizes draws one number of each magnitude up to most: one from 1 to 9, one from 10 to
// 99, and so on. If the fix holds numbers in that range, the last one is close to one of
// them.
func Sizes(r *rand.Rand, most int) (sizes []int) {
	for from := 1; from < most; from *= 10 {
		sizes = append(sizes, from+r.IntN(min(9*from, most-from)))
	}
	if n, ok := Limit(r, most); ok {
		sizes = append(sizes, n)
	}
	return sizes
}

// Limit draws one of the numbers that the fix holds, or one close to it, from 1 to most: a
// fix may be wrong from there on. It reports false, and draws nothing, if the fix holds
// no such number, or if no grader runs the test.
func Limit(r *rand.Rand, most int) (n int, ok bool) {
	under := Limits(most)
	if len(under) == 0 {
		return 0, false
	}
	n = under[r.IntN(len(under))] - 1 + r.IntN(4)
	return max(1, min(n, most)), true
}

// Crowd draws how many more of something there are in a small program, for code that is
// different with many: none, or sometimes a few more than a number that the fix holds, up
// to most. The larger that is, the more seldom, since each schedule costs time.
func Crowd(r *rand.Rand, most int) int {
	n, ok := Limit(r, most)
	if !ok || r.IntN(max(3, n/100)) > 0 {
		return 0
	}
	return n + 2
}

// Beyond is more than each of the numbers that the fix holds and that are less than most. It
// is otherwise, if the fix holds none, or if no grader runs the test.
func Beyond(most, otherwise int) int {
	under := Limits(most)
	if len(under) == 0 {
		return otherwise
	}
	return under[len(under)-1] + 2
}

// Limits are the numbers that the fix holds and that are less than most, in ascending
// order: the size of a table, how many attempts are made. Only the grader tells them.
func Limits(most int) []int {
	for i, n := range limits {
		if n >= most {
			return limits[:i]
		}
	}
	return limits
}

// LimitsVariable names the environment variable in which the grader tells the tests
// what numbers the fix holds, in ascending order, with commas between them.
const LimitsVariable = "HEISENKATA_SIZES"

var limits = parse(os.Getenv(LimitsVariable))

func parse(text string) (numbers []int) {
	for field := range strings.SplitSeq(text, ",") {
		if n, err := strconv.Atoi(field); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
