package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/verify"
)

// A mutant that has become another right fix is as right as that one; each entry of
// mutants.toml refers to an existing mutant.
func TestMutantsThatAreRightFixes(t *testing.T) {
	k, err := kata.Load("../../..")
	require.NoError(t, err)
	reasons := map[string]string{}
	for _, e := range k.Exercises {
		mutants, err := verify.Mutants(k, e)
		require.NoError(t, err, e.ID)
		require.Equal(t, strings.Contains(e.Dir, "/09-test-suites/"), len(mutants) == 0, "%s: only a fix that is a test has no mutants", e.ID)
		for _, m := range mutants {
			reasons[e.ID+" "+m.Of.Label()+", "+m.String()] = m.Equivalent
		}
	}
	assert.Equal(t, "it is right/broadcast-in-get", reasons["bounded-queue model, line 50: Signal for Broadcast: Broadcast → Signal"])
}
