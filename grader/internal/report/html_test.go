package report

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// What is the same of several detectors is said once.
func TestEvidenceIsSaidOnce(t *testing.T) {
	test := grade.Test{Checks: []evidence.Check{
		{Detector: "tests", Verdict: evidence.Skipped, Note: "skipped because race failed"},
		{Detector: "race", Verdict: evidence.Race, Runs: 4, Failures: 1},
		{Detector: "leak", Verdict: evidence.Skipped, Note: "skipped because race failed"},
		{Detector: "repeat"},
	}}
	assert.Equal(t, "tests, leak: skipped because race failed; race: 1 of 4 runs failed", evidenceOf(test))
}
