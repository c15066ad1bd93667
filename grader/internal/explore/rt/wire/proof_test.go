package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// An outcome is vouched for by the sum of what was run, and a proof by one of its own.
func TestVouches(t *testing.T) {
	job := Job{Secret: "s", Reduce: 50}
	sum := job.Sum(40)
	for name, c := range map[string]struct {
		outcome Outcome
		want    bool
	}{
		"as it was run":              {Outcome{Schedules: 40, Sum: sum}, true},
		"more schedules than run":    {Outcome{Schedules: 41, Sum: sum}, false},
		"proven":                     {Outcome{Schedules: 40, Different: 30, Sum: Proof(sum, "s", 30)}, true},
		"a proof that was not made":  {Outcome{Schedules: 40, Different: 30, Sum: sum}, false},
		"of another number":          {Outcome{Schedules: 40, Different: 31, Sum: Proof(sum, "s", 30)}, false},
		"with another secret":        {Outcome{Schedules: 40, Different: 30, Sum: Proof(sum, "t", 30)}, false},
		"more different ones":        {Outcome{Schedules: 40, Different: 41, Sum: Proof(sum, "s", 41)}, false},
		"more than the job asks for": {Outcome{Schedules: 60, Different: 30, Sum: Proof(job.Sum(60), "s", 30)}, false},
		"a proof of nothing":         {Outcome{Schedules: 40, Different: -1, Sum: sum}, false},
	} {
		assert.Equal(t, c.want, job.Vouches(&c.outcome), name)
	}
}
