// Package strconv stands in for the standard library's in a fix that appends to a slice of
// bytes. The standard library's functions that append are not instrumented, so the race
// detector does not see what they write. Here Go's own append writes. Everything else is
// passed on.
//
//explore:native private
package strconv

import std "strconv"

const IntSize = std.IntSize

var (
	ErrRange  = std.ErrRange
	ErrSyntax = std.ErrSyntax
)

type NumError = std.NumError

func Atoi(s string) (int, error) { return std.Atoi(s) }

func CanBackquote(s string) bool { return std.CanBackquote(s) }

func FormatBool(b bool) string { return std.FormatBool(b) }

func FormatComplex(c complex128, fmt byte, prec, bitSize int) string {
	return std.FormatComplex(c, fmt, prec, bitSize)
}

func FormatFloat(f float64, fmt byte, prec, bitSize int) string {
	return std.FormatFloat(f, fmt, prec, bitSize)
}

func FormatInt(i int64, base int) string { return std.FormatInt(i, base) }

func FormatUint(i uint64, base int) string { return std.FormatUint(i, base) }

func IsGraphic(r rune) bool { return std.IsGraphic(r) }

func IsPrint(r rune) bool { return std.IsPrint(r) }

func Itoa(i int) string { return std.Itoa(i) }

func ParseBool(str string) (bool, error) { return std.ParseBool(str) }

func ParseComplex(s string, bitSize int) (complex128, error) { return std.ParseComplex(s, bitSize) }

func ParseFloat(s string, bitSize int) (float64, error) { return std.ParseFloat(s, bitSize) }

func ParseInt(s string, base int, bitSize int) (i int64, err error) {
	return std.ParseInt(s, base, bitSize)
}

func ParseUint(s string, base int, bitSize int) (uint64, error) {
	return std.ParseUint(s, base, bitSize)
}

func Quote(s string) string { return std.Quote(s) }

func QuoteRune(r rune) string { return std.QuoteRune(r) }

func QuoteRuneToASCII(r rune) string { return std.QuoteRuneToASCII(r) }

func QuoteRuneToGraphic(r rune) string { return std.QuoteRuneToGraphic(r) }

func QuoteToASCII(s string) string { return std.QuoteToASCII(s) }

func QuoteToGraphic(s string) string { return std.QuoteToGraphic(s) }

func QuotedPrefix(s string) (string, error) { return std.QuotedPrefix(s) }

func Unquote(s string) (string, error) { return std.Unquote(s) }

func UnquoteChar(s string, quote byte) (value rune, multibyte bool, tail string, err error) {
	return std.UnquoteChar(s, quote)
}
