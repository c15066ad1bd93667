package life

import (
	"math/rand/v2"
	"strings"
)

// Separators are what code puts between texts that it keeps in one.
const Separators = "\x00\x01\x02\x03\x1c\x1d\x1e\x1f\x7f\t\n\v\f\r ,;:|/\\.-_=&#+~$@!*<>()[]{}'\"`"

// AnyText draws a text as callers pass them: empty or long, with line breaks in it or at
// its end, with spaces, quotes or the verbs of fmt, and not always in valid UTF-8.
func AnyText(r *rand.Rand) string {
	texts := []string{
		"", "one lamp", "one lamp\n", "\n", "two\nlines", "\r\n", " both ends ", "\ttab", "a\x00b", "\xff\xfe", "half a rune \xe2\x82",
		"ünïcode €", "a \"quoted\" word", "back\\slash", "order %d", "100 %", "50% off", "%!s(MISSING)", "cart: ", "SHOUTED", "example.com.",
		strings.Repeat("long ", Size(r, 1<<13)),
		"list" + Separators[r.IntN(len(Separators)):][:1] + "item",
	}
	return texts[r.IntN(len(texts))]
}

// Twins returns different texts, in pairs that careless code takes for equal: they differ
// in a letter's case, in a space, or in one byte of many, they are alike once they are
// valid UTF-8, or they have the same hash.
func Twins(r *rand.Rand) []string {
	long := strings.Repeat("x", 300+Size(r, 1<<13))
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
