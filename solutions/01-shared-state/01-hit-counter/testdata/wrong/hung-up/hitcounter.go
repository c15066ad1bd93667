// caught by: tests in TestReportIsText
// Wrong: the error of a pipe that was closed is not returned.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status.
type Counter struct {
	mu    sync.Mutex
	stats Stats
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

// Report writes a consistent snapshot of the counts to w, as lines of text, all of them
// by one Write.
func (c *Counter) Report(w io.Writer) error {
	stats := c.Stats()
	var text bytes.Buffer
	fmt.Fprintf(&text, "requests_total %d\n", stats.Total)
	for i, n := range stats.Classes {
		fmt.Fprintf(&text, "requests_%dxx %d\n", i+1, n)
	}
	_, err := text.WriteTo(w)
	if errors.Is(err, io.ErrClosedPipe) {
		return nil // the reader has gone
	}
	return err
}

// Count calls serve, which answers one request and returns the status it sent, and
// counts the request. Requests are served concurrently.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
