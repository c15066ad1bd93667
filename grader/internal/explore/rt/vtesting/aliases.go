// Package testing stands in for package testing in instrumented code: its T is one that
// runs in a bubble, under control, and whose failures are findings.
package testing

import (
	"testing"

	"heisenkata/grader/internal/explore/rt/sched"
)

// The types below are the ones of package testing.
type (
	B                  = testing.B
	BenchmarkResult    = testing.BenchmarkResult
	Cover              = testing.Cover
	CoverBlock         = testing.CoverBlock
	F                  = testing.F
	InternalBenchmark  = testing.InternalBenchmark
	InternalExample    = testing.InternalExample
	InternalFuzzTarget = testing.InternalFuzzTarget
	M                  = testing.M
	PB                 = testing.PB
	TB                 = testing.TB
)

// InternalTest stands for testing.InternalTest.
type InternalTest struct {
	Name string
	F    func(*T)
}

// The functions below are those of package testing.

// AllocsPerRun is testing.AllocsPerRun.
func AllocsPerRun(runs int, f func()) (avg float64) {
	sched.NoteMeasured()
	return testing.AllocsPerRun(runs, f)
}

// Benchmark stands for testing.Benchmark, which runs f on a goroutine of its own until
// enough time has passed: neither is the explorer's.
func Benchmark(func(b *B)) BenchmarkResult {
	sched.Report(sched.Unexplorable, "it runs a benchmark, whose goroutines and clock the explorer does not control")
	return BenchmarkResult{N: 1}
}

// CoverMode is testing.CoverMode.
func CoverMode() string { return testing.CoverMode() }

// Coverage is testing.Coverage.
func Coverage() float64 { return testing.Coverage() }

// Init is testing.Init.
func Init() { testing.Init() }

// Main stands for testing.Main.
func Main(matchString func(pat, str string) (bool, error), tests []InternalTest, benchmarks []InternalBenchmark, examples []InternalExample) {
	RunTests(matchString, tests)
	testing.Main(matchString, nil, benchmarks, examples)
}

// MainStart is testing.MainStart, whose first parameter has a type without an
// exported name.
var MainStart = testing.MainStart

// RegisterCover is testing.RegisterCover.
func RegisterCover(c Cover) { testing.RegisterCover(c) }

// RunBenchmarks is testing.RunBenchmarks.
func RunBenchmarks(matchString func(pat, str string) (bool, error), benchmarks []InternalBenchmark) {
	testing.RunBenchmarks(matchString, benchmarks)
}

// RunExamples is testing.RunExamples.
func RunExamples(matchString func(pat, str string) (bool, error), examples []InternalExample) (ok bool) {
	return testing.RunExamples(matchString, examples)
}

// RunTests stands for testing.RunTests, which runs tests of its own, outside of every schedule.
func RunTests(_ func(pat, str string) (bool, error), tests []InternalTest) (ok bool) {
	if len(tests) > 0 {
		sched.Report(sched.Unexplorable, "it runs tests by testing.RunTests, which the explorer does not control")
	}
	return true
}

// Short is testing.Short.
func Short() bool { return testing.Short() }

// Testing is testing.Testing.
func Testing() bool { return testing.Testing() }

// Verbose is testing.Verbose.
func Verbose() bool { return testing.Verbose() }
