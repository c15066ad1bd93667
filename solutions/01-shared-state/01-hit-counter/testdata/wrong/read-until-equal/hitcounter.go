// caught by: explore in TestScheduleOneAmongMany
// Wrong: it reads all classes again until nothing has changed, and after ten times
// returns what it has. In a rush something always has.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"fmt"
	"io"
	"sync/atomic"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status.
//
// All its methods may be called from many goroutines at once. A Stats is never
// half of a hit: its Total is always the sum of its Classes.
type Counter struct {
	classes [Classes]atomic.Int64
}

// Stats is what a Counter had counted at one moment.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, 100 to 599.
func (c *Counter) Hit(status int) {
	c.classes[status/100-1].Add(1)
}

// Stats returns what has been counted so far.
func (c *Counter) Stats() Stats {
	s := c.collect()
	for range 10 {
		again := c.collect()
		if again == s {
			break
		}
		s = again
	}
	return s
}

// collect reads one class after the other.
func (c *Counter) collect() (s Stats) {
	for i := range c.classes {
		s.Classes[i] = c.classes[i].Load()
		s.Total += s.Classes[i]
	}
	return s
}

// Report writes the counts to w as lines of text, all of one moment. A slow
// reader of w does not keep requests from being counted.
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

// Count runs serve, which answers one request and returns the status it sent,
// and counts it. Requests are served side by side.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
