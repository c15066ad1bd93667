// Package search has programs with one bug each, by which searches are compared: how
// many schedules until the first finding. They are in the manner of the benchmarks
// that papers use (SCTBench, JaConTeBe, CHESS), in Go and our own. None has a data
// race, which a detector would tell in the first schedule.
package search
