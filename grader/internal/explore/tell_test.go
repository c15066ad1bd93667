package explore

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/wire"
)

// A test goes on after it has failed; a picture does not, unless it would lose the race.
func TestTracesEndWhereTheTestFails(t *testing.T) {
	wrong := func(failed int) *wire.Finding { return &wire.Finding{Kind: wire.Wrong, Failed: failed} }
	race := func(raced int, other *wire.Finding) *wire.Finding {
		return &wire.Finding{Kind: wire.Race, Raced: raced, Other: other}
	}
	for name, c := range map[string]struct {
		finding *wire.Finding
		want    int
	}{
		"no finding":                {nil, 5},
		"a failure":                 {wrong(3), 3},
		"it is not known where":     {wrong(0), 5},
		"a race before a failure":   {race(2, wrong(3)), 3},
		"a race after a failure":    {race(4, wrong(3)), 5},
		"a race, not known where":   {race(0, wrong(3)), 5},
		"a race alone":              {race(2, nil), 5},
		"a race, and then a panic":  {race(2, &wire.Finding{Kind: wire.Panic}), 5},
		"a trace that is too short": {wrong(7), 5},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Len(t, untilFailure(wire.Outcome{Finding: c.finding, Trace: make([]wire.Step, 5)}), c.want)
		})
	}
}
