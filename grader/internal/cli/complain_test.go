package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/harmless/attack"
)

// Errors quote compilers and file names. These must not control the terminal, forge output or flood it.
func TestErrorsAreHarmless(t *testing.T) {
	for what, text := range attack.Texts {
		for _, err := range []error{errors.New(text), usageError{errors.New(text)}} {
			var stderr strings.Builder
			(&app{ctx: t.Context(), stderr: &stderr}).exitCode(err)
			assert.Empty(t, attack.Found(stderr.String(), "\t"), what)
			assert.Less(t, stderr.Len(), 1<<17, what)
			for i, line := range strings.Split(strings.TrimSpace(stderr.String()), "\n") {
				assert.Equal(t, i > 0, strings.HasPrefix(line, "    "), "%s: only the first line is the grader's own: %q", what, line)
			}
		}
	}
}

// Text from files is shown in a harmless form, too, on a terminal or elsewhere.
func TestWhatIsShownIsHarmless(t *testing.T) {
	for what, text := range attack.Texts {
		var stdout strings.Builder
		assert.NoError(t, show(&stdout, text))
		assert.Empty(t, attack.Found(stdout.String(), "\t"), what)
	}
}
