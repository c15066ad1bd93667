package strconv

import (
	"math"
	std "strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is appended is what the standard library appends, behind what is there, and in its
// place if it has room.
func TestAppend(t *testing.T) {
	for _, x := range []float64{0, -1, 7, 255, 1e9, math.MaxInt64, math.Inf(-1), 0.1} {
		n, r, text := int64(x), rune(int(x)&0xfffff), std.FormatFloat(x, 'e', 3, 64)+"\t\"é☺"
		for name, ways := range map[string][2]func([]byte) []byte{
			"AppendBool":               {func(b []byte) []byte { return AppendBool(b, x > 0) }, func(b []byte) []byte { return std.AppendBool(b, x > 0) }},
			"AppendFloat":              {func(b []byte) []byte { return AppendFloat(b, x, 'g', -1, 32) }, func(b []byte) []byte { return std.AppendFloat(b, x, 'g', -1, 32) }},
			"AppendInt":                {func(b []byte) []byte { return AppendInt(b, n, 36) }, func(b []byte) []byte { return std.AppendInt(b, n, 36) }},
			"AppendUint":               {func(b []byte) []byte { return AppendUint(b, uint64(n), 2) }, func(b []byte) []byte { return std.AppendUint(b, uint64(n), 2) }},
			"AppendQuote":              {func(b []byte) []byte { return AppendQuote(b, text) }, func(b []byte) []byte { return std.AppendQuote(b, text) }},
			"AppendQuoteToASCII":       {func(b []byte) []byte { return AppendQuoteToASCII(b, text) }, func(b []byte) []byte { return std.AppendQuoteToASCII(b, text) }},
			"AppendQuoteToGraphic":     {func(b []byte) []byte { return AppendQuoteToGraphic(b, text) }, func(b []byte) []byte { return std.AppendQuoteToGraphic(b, text) }},
			"AppendQuoteRune":          {func(b []byte) []byte { return AppendQuoteRune(b, r) }, func(b []byte) []byte { return std.AppendQuoteRune(b, r) }},
			"AppendQuoteRuneToASCII":   {func(b []byte) []byte { return AppendQuoteRuneToASCII(b, r) }, func(b []byte) []byte { return std.AppendQuoteRuneToASCII(b, r) }},
			"AppendQuoteRuneToGraphic": {func(b []byte) []byte { return AppendQuoteRuneToGraphic(b, r) }, func(b []byte) []byte { return std.AppendQuoteRuneToGraphic(b, r) }},
		} {
			assert.Equal(t, string(ways[1](nil)), string(ways[0](nil)), name)
			ours, theirs := make([]byte, 2, 200), make([]byte, 2, 200)
			assert.Equal(t, ways[1](theirs), ways[0](ours), name)
			assert.Equal(t, string(theirs[:200]), string(ours[:200]), name)
		}
	}
}
