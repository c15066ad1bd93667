// caught by: tests in TestReportIsText
// Wrong: a reader that has hung up is an everyday matter, so its error is dropped. Then
// nobody learns that half of a report was written.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status.
//
// All its methods may be called from many goroutines at once. A Stats is never
// half of a hit: its Total is always the sum of its Classes.
type Counter struct {
	mu      sync.Mutex // guards total and classes, together
	total   int64
	classes [Classes]int64
}

// Stats is what a Counter had counted at one moment.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, 100 to 599.
func (c *Counter) Hit(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	c.classes[status/100-1]++
}

// Stats returns what has been counted so far.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Total: c.total, Classes: c.classes}
}

// Report writes the counts to w as lines of text, all of one moment. A slow
// reader of w does not keep requests from being counted.
func (c *Counter) Report(w io.Writer) error {
	err := c.report(w)
	if errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) {
		return nil // the reader has hung up
	}
	return err
}

func (c *Counter) report(w io.Writer) error {
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
