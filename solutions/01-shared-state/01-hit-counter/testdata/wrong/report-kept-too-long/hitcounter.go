// caught by: explore in TestScheduleManyCalls
// Wrong: the report is kept for those that ask next. Hit forgets it only when the lock is free again, so
// that Stats shows the hit, and the next report does not.

// Package hitcounter counts the requests that a web server answers.
package hitcounter

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
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
	text    atomic.Pointer[string] // what Report writes, or nil if there was a hit since
}

// Stats is a consistent snapshot of a Counter.
type Stats struct {
	Total   int64
	Classes [Classes]int64 // Classes[0] counts 1xx, Classes[4] counts 5xx
}

// Hit counts one request that was answered with status, from 100 to 599.
func (c *Counter) Hit(status int) {
	defer c.text.Store(nil)
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

// Report writes a consistent snapshot of the counts to w, as lines of text. A slow w
// does not stop other requests from being counted.
func (c *Counter) Report(w io.Writer) error {
	text := c.text.Load()
	if text == nil {
		text = c.format()
	}
	_, err := io.WriteString(w, *text)
	return err
}

// format returns the report, and keeps it for those that ask next.
func (c *Counter) format() *string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "requests_total %d\n", c.total)
	for i, n := range c.classes {
		fmt.Fprintf(&b, "requests_%dxx %d\n", i+1, n)
	}
	text := b.String()
	c.text.Store(&text)
	return &text
}

// Count calls serve, which answers one request and returns the status it sent, and
// counts the request. Requests are served concurrently.
func (c *Counter) Count(serve func() (status int)) {
	c.Hit(serve())
}
