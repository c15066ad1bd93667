package run

import (
	"fmt"
	"sync"
)

// capped keeps the first and the last half of what is written to it, up to
// limit bytes. The end of an output says how a process died; its beginning, why.
type capped struct {
	mu         sync.Mutex
	limit      int
	head, tail []byte
	dropped    int
}

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(p)
	room := min(c.limit/2-len(c.head), len(p))
	c.head = append(c.head, p[:room]...)
	c.tail = append(c.tail, p[room:]...)
	if over := len(c.tail) - c.limit/2; over > c.limit/2 {
		c.dropped += over
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	return n, nil
}

func (c *capped) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	dropped, tail := c.dropped, c.tail
	if over := len(tail) - c.limit/2; over > 0 {
		dropped, tail = dropped+over, tail[over:]
	}
	out := append([]byte(nil), c.head...)
	if dropped > 0 {
		out = fmt.Appendf(out, "\n[… %d bytes left out …]\n", dropped)
	}
	return append(out, tail...)
}
