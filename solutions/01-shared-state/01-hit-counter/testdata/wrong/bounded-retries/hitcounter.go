// caught by: explore in TestScheduleHitAndStats
// Wrong: it rereads all classes until nothing has changed, and gives up after 500 attempts.
// Under load, something has always changed.

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
// All methods are safe for concurrent use. Stats never shows half of a hit: Total
// is always the sum of Classes.
type Counter struct {
	classes [Classes]atomic.Int64
}

// Stats is a consistent snapshot of a Counter.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, from 100 to 599.
func (c *Counter) Hit(status int) {
	c.classes[status/100-1].Add(1)
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	s := c.collect()
	for range 500 {
		again := c.collect()
		if again == s { // counts only grow: nothing has changed in between
			break
		}
		s = again
	}
	return s
}

func (c *Counter) collect() (s Stats) {
	for i := range c.classes {
		s.Classes[i] = c.classes[i].Load()
		s.Total += s.Classes[i]
	}
	return s
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
