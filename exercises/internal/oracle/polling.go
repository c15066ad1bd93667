package oracle

import "testing"

// NoPolling makes it a failure of t if a goroutine polls in the rest of the test: if it looks
// again and again at what has not changed. Only the explorer can tell, which knows the attribute.
func NoPolling(t testing.TB) { t.Attr("explore", "no-polling") }
