package strconv

import std "strconv"

// AppendBool appends what FormatBool returns.
func AppendBool(dst []byte, b bool) []byte { return append(dst, std.FormatBool(b)...) }

// AppendFloat appends what FormatFloat returns.
func AppendFloat(dst []byte, f float64, fmt byte, prec, bitSize int) []byte {
	return append(dst, std.FormatFloat(f, fmt, prec, bitSize)...)
}

// AppendInt appends what FormatInt returns.
func AppendInt(dst []byte, i int64, base int) []byte { return append(dst, std.FormatInt(i, base)...) }

// AppendQuote appends what Quote returns.
func AppendQuote(dst []byte, s string) []byte { return append(dst, std.Quote(s)...) }

// AppendQuoteRune appends what QuoteRune returns.
func AppendQuoteRune(dst []byte, r rune) []byte { return append(dst, std.QuoteRune(r)...) }

// AppendQuoteRuneToASCII appends what QuoteRuneToASCII returns.
func AppendQuoteRuneToASCII(dst []byte, r rune) []byte {
	return append(dst, std.QuoteRuneToASCII(r)...)
}

// AppendQuoteRuneToGraphic appends what QuoteRuneToGraphic returns.
func AppendQuoteRuneToGraphic(dst []byte, r rune) []byte {
	return append(dst, std.QuoteRuneToGraphic(r)...)
}

// AppendQuoteToASCII appends what QuoteToASCII returns.
func AppendQuoteToASCII(dst []byte, s string) []byte { return append(dst, std.QuoteToASCII(s)...) }

// AppendQuoteToGraphic appends what QuoteToGraphic returns.
func AppendQuoteToGraphic(dst []byte, s string) []byte { return append(dst, std.QuoteToGraphic(s)...) }

// AppendUint appends what FormatUint returns.
func AppendUint(dst []byte, i uint64, base int) []byte {
	return append(dst, std.FormatUint(i, base)...)
}
