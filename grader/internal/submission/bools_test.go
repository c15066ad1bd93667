package submission

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Any format is judged, also one that ends in the middle of a verb.
func TestFormats(t *testing.T) {
	parts := []string{"%", "t", "%t", "%d", " ", "-", "+", "#", "0", "9", ".", "x", "*", "[", "1", "]", "%%", "v", "é"}
	r := rand.New(rand.NewPCG(1, 2))
	formats := []string{"%t%", "%t%]%9", "%t%%%+]%"}
	for range 3000 {
		format := "%t"
		for range r.IntN(6) {
			format += parts[r.IntN(len(parts))]
		}
		formats = append(formats, format)
	}
	for _, format := range formats {
		source := fmt.Sprintf(`import "fmt"; func F(y bool) { fmt.Sprintf(%s, y, y, y) }`, strconv.Quote(format))
		assert.NotPanics(t, func() { checkSource(exercise, source) }, source)
	}
}
