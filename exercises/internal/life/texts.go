package life

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Separators are what code puts between texts that it keeps in one.
const Separators = "\x00\x01\x02\x03\x1c\x1d\x1e\x1f\x7f\t\n\v\f\r ,;:|/\\.-_=&#+~$@!*<>()[]{}'\"`"

// AnyText draws a text as callers pass them: a Word, or a long one.
func AnyText(r *rand.Rand) string {
	if r.IntN(len(shortTexts)+1) == 0 {
		return strings.Repeat("long ", 1+Length(r, 5<<13)/5)
	}
	return Word(r)
}

// Word draws a short text: empty, with line breaks in it or at its end, with spaces, quotes,
// separators or the verbs of fmt, and not always in valid UTF-8.
func Word(r *rand.Rand) string {
	if r.IntN(len(shortTexts)+1) == 0 {
		return "list" + Separators[r.IntN(len(Separators)):][:1] + []string{"item", ""}[r.IntN(2)]
	}
	return shortTexts[r.IntN(len(shortTexts))]
}

// Words draws n different Words.
func Words(r *rand.Rand, n int) (words []string) {
	for len(words) < n {
		if word := Word(r); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

var shortTexts = [...]string{
	"", "one lamp", "one lamp\n", "\n", "two\nlines", "\r\n", " both ends ", "\ttab", "a\x00b", "\xff\xfe", "half a rune \xe2\x82",
	"ünïcode €", "a \"quoted\" word", "back\\slash", "order %d", "100 %", "50% off", "%!s(MISSING)", "cart: ", "SHOUTED", "example.com.",
}

// Twins returns different texts, in pairs that careless code takes for equal: they differ
// in a letter's case, in a space, or in one byte of many, they are alike once they are
// valid UTF-8, or they have the same hash.
func Twins(r *rand.Rand) []string {
	long := strings.Repeat("x", 300+Length(r, 1<<13))
	return []string{
		"", "\x00",
		"ann", "Ann",
		"bob", "bob ",
		"eve", "eve\n",
		"example.com", "example.com.",
		"1", "01",
		"caf\u00e9", "cafe\u0301",
		"\xff", "\xfe",
		long + "1", long + "2",
		"1" + long, "2" + long,
		long + "1" + long, long + "2" + long,
		"abc", "cba", // the same sum
		"Aa", "BB", // the same hash to base 31
		"hetairas", "mentioner", // to base 33
		"costarring", "liquid", // FNV-1a
		"8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ", // FNV-1a of 64 bits
		"creamwove", "quists", // FNV-1
		"plumless", "buckeroo", // CRC-32
	}
}

// maxText is more than the longest text that a README mentions.
const maxText = 10_000_001

// Length draws how many bytes a text has: up to usual, or a few more than a number that the
// fix holds. The larger that is, the more seldom, since tests draw many texts.
func Length(r *rand.Rand, usual int) int {
	if n, ok := Limit(r, maxText); ok && r.IntN(max(3, n/5000)) == 0 {
		return n + 2
	}
	return Size(r, usual)
}

// Lengths returns usual, and lengths beyond each of the numbers that the fix holds: for the
// texts of a test that runs once. The sum of them has a bound.
func Lengths(usual int) []int {
	lengths, sum := []int{usual}, 0
	for _, n := range slices.Backward(Limits(maxText)) {
		if sum += n; sum <= 2*maxText && n+2 != usual {
			lengths = append(lengths, n+2)
		}
	}
	return lengths
}

// LongTwins returns different texts of each of the Lengths: code takes them for equal if it
// looks only at their beginning, their end, or both. None is one of the Twins.
func LongTwins(usual int) (twins []string) {
	for _, n := range Lengths(usual) {
		y := strings.Repeat("y", n)
		twins = append(twins, y+"1", y+"2", "1"+y, "2"+y, y[:n/2]+"1"+y[n/2:], y[:n/2]+"2"+y[n/2:])
	}
	return twins
}

// Quoted is a text as messages show it: of a long one, both ends and the middle.
func Quoted[T string | []byte](text T) string {
	if len(text) <= 60 {
		return strconv.Quote(string(text))
	}
	middle := len(text) / 2
	return fmt.Sprintf("%q … %q … %q (%d bytes)", text[:10], text[middle-5:middle+5], text[len(text)-10:], len(text))
}
