// caught by: explore in TestScheduleManyCalls
// Wrong: a reader tries again until no hit has been counted meanwhile, but a hit is in its class
// before it is counted. Two readers may each see one of two hits, and not the other one.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"fmt"
	"io"
	"sync/atomic"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status. It is lock-free.
type Counter struct {
	classes [Classes]atomic.Int64
	version atomic.Uint64 // one more after each hit
}

// Stats is a consistent snapshot of a Counter.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, from 100 to 599.
func (c *Counter) Hit(status int) {
	c.classes[status/100-1].Add(1)
	c.version.Add(1)
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	for {
		version := c.version.Load()
		var s Stats
		for i := range c.classes {
			n := c.classes[i].Load()
			s.Classes[i] = n
			s.Total += n
		}
		if c.version.Load() == version {
			return s // no hit meanwhile
		}
	}
}

// Report writes a consistent snapshot of the counts to w, as lines of text.
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
// counts the request.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
