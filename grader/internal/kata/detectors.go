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

// WholeDetectors look at the fix as a whole, TestDetectors at one test, each in the
// order of reports. Only the latter stand in caught_by and sometimes.
var (
	WholeDetectors = []string{PolicyDetector, BuildDetector, VetDetector}
	TestDetectors  = []string{TestsDetector, RaceDetector, LeakDetector, RepeatDetector, ExploreDetector}
)
