package sched

// Walk is the default strategy, for tests of the drop-in packages.
func Walk(seed uint64) Strategy { return newRotation(seed) }
