// caught by: tests in TestCountsFar
// Wrong: the count stops at three million, which is enough for a day.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"fmt"
	"io"
	"sync"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status.
//
// All methods are safe for concurrent use. Stats never shows half of a hit: Total
// is always the sum of Classes.
type Counter struct {
	mu      sync.Mutex // guards total and classes, together
	total   int64
	classes [Classes]int64
}

// Stats is a consistent snapshot of a Counter.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, from 100 to 599.
func (c *Counter) Hit(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total >= 3_000_000 {
		return
	}
	c.total++
	c.classes[status/100-1]++
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Total: c.total, Classes: c.classes}
}

// Report writes a consistent snapshot of the counts to w, as lines of text. A slow w
// does not stop other requests from being counted.
func (c *Counter) Report(w io.Writer) error {
	stats := c.Stats()
	if _, err := fmt.Fprintf(w, "requests_total %d\n", stats.Total); err != nil {
		return err
	}
	for i, n := range stats.Classes {
		if _, err := fmt.Fprintf(w, "requests_%dxx %d\n", i+1, n); err != nil {
			return err
		}
	}
	return nil
}

// Count calls serve, which answers one request and returns the status it sent, and
// counts the request. Requests are served concurrently.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
