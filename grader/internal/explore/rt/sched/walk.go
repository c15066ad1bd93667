package sched

import "heisenkata/grader/internal/explore/rt/search"

// Walk is the default strategy, for tests of the drop-in packages.
func Walk(seed uint64) search.Strategy { return search.New(seed) }
