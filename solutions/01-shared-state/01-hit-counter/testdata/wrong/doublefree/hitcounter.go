// caught by: tests in TestReportIsASnapshot
// Wrong: a failed report gives its buffer back twice, and then two reports share it.

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
	mu    sync.Mutex
	stats Stats
	free  [][]byte // buffers of reports that are over
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

// Report writes a consistent snapshot of the counts to w, as lines of text. A slow w
// does not stop other requests from being counted.
func (c *Counter) Report(w io.Writer) error {
	c.mu.Lock()
	stats := c.stats
	var buffer []byte
	if n := len(c.free); n > 0 {
		buffer, c.free = c.free[n-1], c.free[:n-1]
	} else {
		buffer = make([]byte, 0, 256)
	}
	c.mu.Unlock()
	defer func() { c.release(buffer) }()

	buffer = fmt.Appendf(buffer[:0], "requests_total %d\n", stats.Total)
	for i, n := range stats.Classes {
		buffer = fmt.Appendf(buffer, "requests_%dxx %d\n", i+1, n)
	}
	if _, err := w.Write(buffer); err != nil {
		c.release(buffer)
		return err
	}
	return nil
}

// release keeps a buffer for a later report.
func (c *Counter) release(buffer []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.free) < 4 {
		c.free = append(c.free, buffer)
	}
}

// Count calls serve, which answers one request and returns the status it sent, and
// counts the request. Requests are served concurrently.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
