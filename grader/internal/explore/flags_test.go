package explore

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// Tests get the flags that go test would give them, and those of their own.
func TestTestsGetTheirFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want explored.Verdict
	}{
		{nil, explored.Wrong},
		{[]string{"-test.short"}, explored.Wrong},
		{[]string{"-test.short", "-slow", "rest"}, explored.Pass},
	} {
		s := prepared(t, "judged", "flags", Options{Run: regexp.MustCompile("^TestFlags$"), TestArgs: c.args, Budget: Budget{Schedules: 3, Time: time.Minute, Steps: Normal.Steps}})
		got, err := s.One(t.Context(), "TestFlags")
		require.NoError(t, err)
		assert.Equal(t, c.want, got.Verdict, "%v: %s", c.args, got.Summary)
	}
}
