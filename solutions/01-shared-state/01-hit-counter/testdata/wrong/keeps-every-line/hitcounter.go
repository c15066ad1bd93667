// caught by: tests in TestMemoryDoesNotGrow
// Wrong: the lines of reports are kept, to be used again: a billion of them, as each count differs from the last.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"fmt"
	"io"
	"strconv"
	"sync"
)

// Classes is how many classes of HTTP status there are, 1xx to 5xx.
const Classes = 5

// Counter counts answered requests, in total and by class of status.
//
// All methods are safe for concurrent use. Stats never shows half of a hit: Total
// is always the sum of Classes.
type Counter struct {
	mu      sync.Mutex // guards the rest
	total   int64
	classes [Classes]int64
	lines   map[string]string // of reports, by name and number: most of them come again and again
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
	c.total++
	c.classes[status/100-1]++
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Total: c.total, Classes: c.classes}
}

// line returns a line of a report. The caller holds mu.
func (c *Counter) line(name string, n int64) string {
	key := name + " " + strconv.FormatInt(n, 10)
	line, found := c.lines[key]
	if !found {
		line = key + "\n"
		if c.lines == nil {
			c.lines = map[string]string{}
		}
		c.lines[key] = line
	}
	return line
}

// Report writes a consistent snapshot of the counts to w, as lines of text.
func (c *Counter) Report(w io.Writer) error {
	c.mu.Lock()
	lines := []string{c.line("requests_total", c.total)}
	for i, n := range c.classes {
		lines = append(lines, c.line(fmt.Sprintf("requests_%dxx", i+1), n))
	}
	c.mu.Unlock()
	for _, line := range lines {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// Count calls serve, and counts the request.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
