// caught by: tests in TestMemoryDoesNotGrow
// Wrong: a hit is one entry of a list, which Stats sums up. A server whose counts are never read
// runs out of memory.

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
	last atomic.Pointer[entry]
}

// entry is a hit, or the sum of all hits before.
type entry struct {
	before *entry // nil if it is a sum
	class  int
	sum    Stats
}

// Stats is a consistent snapshot of a Counter.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, from 100 to 599.
func (c *Counter) Hit(status int) {
	e := &entry{class: status/100 - 1}
	for {
		before := c.last.Load()
		if e.before = before; before == nil {
			e.before = &entry{}
		}
		if c.last.CompareAndSwap(before, e) {
			return
		}
	}
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	last := c.last.Load()
	if last == nil {
		return Stats{}
	}
	var s Stats
	e := last
	for ; e.before != nil; e = e.before {
		s.Total++
		s.Classes[e.class]++
	}
	s.Total += e.sum.Total
	for i, n := range e.sum.Classes {
		s.Classes[i] += n
	}
	c.last.CompareAndSwap(last, &entry{sum: s}) // the next one has less to sum up
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
