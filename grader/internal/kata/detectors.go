package kata

// The detectors, each a way to look at a fix, by the names that manifests, reports and
// the claims of wrong fixes have.
const (
	PolicyDetector  = "policy"
	BuildDetector   = "build"
	VetDetector     = "vet"
	TestsDetector   = "tests"
	RaceDetector    = "race"
	LeakDetector    = "leak"
	RepeatDetector  = "repeat"
	ExploreDetector = "explore"
)

// TestDetectors look at one test, in the order of reports; the others look at the fix as a
// whole. Only these may appear in caught_by and sometimes.
var TestDetectors = []string{TestsDetector, RaceDetector, LeakDetector, RepeatDetector, ExploreDetector}
