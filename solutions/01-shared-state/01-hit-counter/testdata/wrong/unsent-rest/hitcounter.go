// caught by: tests in TestReportIsText
// Wrong: what a failed report did not write, the next one writes first.

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
type Counter struct {
	mu    sync.Mutex // guards all of it
	stats Stats
	spare []byte // a buffer that no Report uses
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
	c.stats.Total++
	c.stats.Classes[status/100-1]++
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Report writes a consistent snapshot of the counts to w, as lines of text.
func (c *Counter) Report(w io.Writer) error {
	c.mu.Lock()
	stats, buf := c.stats, c.spare
	c.spare = nil
	c.mu.Unlock()

	buf = fmt.Appendf(buf, "requests_total %d\n", stats.Total)
	for i, n := range stats.Classes {
		buf = fmt.Appendf(buf, "requests_%dxx %d\n", i+1, n)
	}
	n, err := w.Write(buf)
	buf = append(buf[:0], buf[n:]...) // what is written is not needed any more

	c.mu.Lock()
	c.spare = buf
	c.mu.Unlock()
	return err
}

// Count calls serve, and counts the request.
func (c *Counter) Count(serve func() (status int)) { c.Hit(serve()) }
