package submission_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/submission"
)

func fixOf(texts ...string) submission.Submission {
	s := submission.Submission{Files: map[string][]byte{}}
	for i, text := range texts {
		s.Files[fmt.Sprintf("x%d.go", i)] = []byte("package x\n" + text)
	}
	return s
}

func TestSizes(t *testing.T) {
	for text, want := range map[string][]int{
		"":                                   nil,
		"const tries = 64":                   {64},
		"const most = 1 << 10":               {10, 1024},
		"var a [4 * (16 + 1)]int":            {4, 16, 17, 68},
		"const million = 1e6":                {1_000_000},
		"const byte = 0xff":                  {255},
		"const half = 1000 / 2":              {500, 1000},
		"const far = 1 << 40":                {40, 1 << 40},
		"const most = 3_000_000":             {3_000_000},
		"const far = 1<<63 - 1":              {63, math.MaxInt64},
		"const no = 1 << 63":                 {63},
		"const most = math.MaxUint16":        {math.MaxUint16},
		"const no = other.MaxUint16":         nil,
		"const most = 400 * 24 * time.Hour":  {24, 400, 9600, int(time.Hour), 9600 * int(time.Hour)},
		"const most = 'Ϩ'":                   {1000},
		"const most = 'd' * 'd'":             {10000},
		`const most = len("123456789")`:      {9},
		"var most = int64(uint8(200))":       {200, 256},
		"const most = -(-77)":                {77},
		"const most = ^-1001":                {1000, 1001},
		"const most = 4097 &^ 1":             {4096, 4097},
		"const most = 4096 | 5":              {5, 4096, 4101},
		"const most = 5000 % 3000":           {2000, 3000, 5000},
		"const no = 1 << 1_000_000_000":      {1_000_000_000},
		"const no = 1 / 0":                   nil,
		"const no = 9e999999999":             nil,
		"const no = 9e99999":                 nil,
		"const no = no * 5":                  {5},
		"const a = 20; const b = a + a":      {20, 40},
		"const no = -5":                      {5},
		"const text, letter = \"64\", 'a'":   {97},
		"const one, two = 1, 2":              nil,
		"const c = 7; func f() int {":        nil, // the policy refuses it
		"func f(x int) bool { return x>=9 }": {9},
		"func f(x int) int { return x<<12 }": {12, 4096, 1 << 20, 1 << 52},
		"func f(x int) { x >>= 5 }":          {5, 32, 1 << 27, 1 << 59},
		"func f(x int) int { return x<<14 }": {14, 1 << 14, 1 << 18, 1 << 50},
		"func f(x int) int { return x<<48 }": {48, 1 << 16, 1 << 48},
		"type stamp uint16":                  {65536},
		"func f(x int) int { return x<<80 }": {80},
	} {
		assert.Equal(t, want, submission.Sizes(fixOf(text), fixOf()), text)
	}
	assert.Equal(t, []int{5, 7}, submission.Sizes(fixOf("const a = 5", "const b, c = 6, 7"), fixOf("const six = 6")), "all files count, and the starter's numbers do not")
}

// However many numbers a fix has, the tests are told of a few, the smallest and the
// largest among them.
func TestSizesAreFew(t *testing.T) {
	var numbers []string
	for i := range 5000 {
		numbers = append(numbers, fmt.Sprint(100+i))
	}
	sizes := submission.Sizes(fixOf("var a = []int{"+strings.Join(numbers, ",")+"}"), fixOf())
	assert.Len(t, sizes, 16)
	assert.Equal(t, 100, sizes[0])
	assert.Equal(t, 5099, sizes[15])
	for i := range 100 {
		numbers = append(numbers, fmt.Sprint(1<<40+i))
	}
	sizes = submission.Sizes(fixOf("var a = []int{"+strings.Join(numbers, ",")+"}"), fixOf())
	assert.Len(t, sizes, 24, "as many small ones, and a few large ones")
	assert.Equal(t, 5099, sizes[15])
	assert.Equal(t, 1<<40, sizes[16])
	assert.Equal(t, 1<<40+99, sizes[23])
}

// A constant of twenty thousand terms takes no time.
func TestSizesOfALongSum(t *testing.T) {
	assert.Contains(t, submission.Sizes(fixOf("const sum = 7"+strings.Repeat("+9", 20_000)), fixOf()), 9)
}
