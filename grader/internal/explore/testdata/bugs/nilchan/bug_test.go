// finds: deadlock

// Package nilchan sends to a subscriber by name; in the broken one a missing subscriber is a nil channel.
package nilchan

import (
	"sync"
	"testing"
)

type broker struct {
	mu     sync.Mutex
	topics map[string]chan string
}

func (b *broker) topic(name string) chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch, ok := b.topics[name]
	if !ok {
		ch = make(chan string, 1)
		b.topics[name] = ch
	}
	return ch
}

// sendLoose blocks for ever if nobody has asked for the topic yet.
func (b *broker) sendLoose(name, text string) {
	b.mu.Lock()
	ch := b.topics[name]
	b.mu.Unlock()
	ch <- text
}

// send makes the topic if it is missing.
func (b *broker) send(name, text string) {
	b.topic(name) <- text
}

func run(t *testing.T, send func(b *broker, name, text string)) {
	b := &broker{topics: map[string]chan string{}}
	got := make(chan string)
	go func() { got <- <-b.topic("news") }()
	send(b, "news", "rain")
	if s := <-got; s != "rain" {
		t.Errorf("news: got %q, want rain", s)
	}
}

func TestBug(t *testing.T)   { run(t, (*broker).sendLoose) }
func TestFixed(t *testing.T) { run(t, (*broker).send) }
