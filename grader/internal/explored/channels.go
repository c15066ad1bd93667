package explored

import (
	"fmt"
	"slices"
	"strings"
)

// Channel is a channel at one moment.
type Channel struct {
	Object   string
	Length   int // how many elements its buffer holds
	Capacity int
	Closed   bool
	Holds    []string // they, the oldest first, if all of them are known
}

// channel is one on the way: its buffer, and what waits to be put into it.
type channel struct {
	Channel
	values  []string // in the buffer; "" if not known
	waiting []string // what goroutines wait to send, likewise
}

// channelOps keeps account of a step on channels, by how much their buffers hold after it.
func (d *deriver) channelOps(i int) {
	s := d.trace[i]
	if n := d.next[i]; s.Operation == "select" && s.Chosen == "" && n > 0 && d.trace[n].Operation == "resume" {
		s.Chosen, s.Sent, s.Returned = d.trace[n].Chosen, d.trace[n].Sent, d.trace[n].Returned // it waits, for what it takes then
		if object, sends := s.onChannel(); !sends || d.channels[object] == nil {
			s.Chosen = ""
		}
	}
	object, sends := s.onChannel()
	after := map[string]Buffer{}
	for _, b := range s.Buffers {
		after[b.Object] = b
		c := d.channel(b.Object)
		c.Capacity = b.Capacity
	}
	if c := d.channels[object]; c != nil {
		if s.Operation == "close" {
			c.Closed = true
		}
		length := c.Length // as before, if nothing else is noted
		if b, ok := after[object]; ok {
			length = b.Length
		}
		c.passes(s, sends, length)
	}
	for name, b := range after {
		d.channel(name).settle(b.Length)
	}
}

// onChannel is the channel that a step is on, and whether it sends.
func (s Step) onChannel() (object string, sends bool) {
	switch s.Operation {
	case "send", "receive", "close":
		return s.Object, s.Operation == "send"
	case "select":
		return s.Chosen, strings.Contains(s.Returned, " <- ")
	}
	return "", false // one that goes on has been seen to wait
}

// passes moves elements as a step does after which the buffer holds so many.
func (c *channel) passes(s Step, sends bool, length int) {
	switch {
	case s.Operation == "close":
	case sends && length > len(c.values):
		c.values = append(c.values, s.Sent)
	case sends && len(c.values) == c.Capacity && c.Capacity > 0:
		c.waiting = append(c.waiting, s.Sent)
	case !sends && len(c.values) > 0:
		c.values = c.values[1:]
		if length > len(c.values) && len(c.waiting) > 0 {
			c.values = append(c.values, c.waiting[0])
			c.waiting = c.waiting[1:]
		}
	}
}

// settle makes the buffer as long as it is known to be. What it holds is not known if that
// is not how long it was thought to be.
func (c *channel) settle(length int) {
	c.Length = length
	if len(c.values) != length {
		c.values = make([]string, length)
	}
}

// channel is a channel of the trace, with what is known of it.
func (d *deriver) channel(object string) *channel {
	if d.channels[object] == nil {
		d.channels[object] = &channel{Channel: Channel{Object: object}}
		d.order = append(d.order, object)
	}
	return d.channels[object]
}

// channelsNow is what is known of the channels.
func (d *deriver) channelsNow() (list []Channel) {
	for _, object := range d.order {
		c := d.channels[object].Channel
		if values := d.channels[object].values; !slices.Contains(values, "") {
			c.Holds = slices.Clone(values)
		}
		list = append(list, c)
	}
	return list
}

// maxHeld is how many elements of a channel are listed.
const maxHeld = 4

// channelWords says what a channel holds: "2 of 4: 3, 7", "empty, closed".
func channelWords(c Channel) string {
	text := "unbuffered"
	switch {
	case c.Capacity > 0 && c.Length == 0:
		text = fmt.Sprintf("empty, capacity %d", c.Capacity)
	case c.Capacity > 0:
		text = fmt.Sprintf("holds %d of %d", c.Length, c.Capacity)
	}
	if c.Closed {
		text += ", closed"
	}
	if c.Length > 0 && len(c.Holds) == c.Length {
		var values []string
		for _, v := range c.Holds[:min(len(c.Holds), maxHeld)] {
			values = append(values, sentence(v))
		}
		if len(c.Holds) > maxHeld {
			values = append(values, "…")
		}
		text += ": " + strings.Join(values, ", ")
	}
	return text
}
