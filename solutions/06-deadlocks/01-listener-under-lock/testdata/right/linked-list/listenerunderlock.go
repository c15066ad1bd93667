// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name. Its methods may be called from many goroutines at
// once.
type Book struct {
	turn  chan struct{} // is full while a Set is under way
	state chan *state   // is empty while a goroutine looks at the state
}

type state struct {
	phones      map[string]string
	change      uint64        // number of the last change
	first, last *subscription // first is none, so that the list is never empty
}

type subscription struct {
	listener func(Change)
	until    uint64 // the last change that is told, if ended
	ended    bool
	next     *subscription
}

// New returns an empty Book.
func New() *Book {
	none := &subscription{ended: true}
	b := &Book{make(chan struct{}, 1), make(chan *state, 1)}
	b.state <- &state{phones: map[string]string{}, first: none, last: none}
	return b
}

func (b *Book) look(fn func(s *state)) {
	s := <-b.state
	defer func() { b.state <- s }()
	fn(s)
}

// Get returns the phone of a name.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.look(func(s *state) { phone, ok = s.phones[name] })
	return phone, ok
}

// Set changes the phone of a name. Then it walks along the list, up to the subscription
// that was the last one at that moment, and calls those that had not ended by then.
func (b *Book) Set(name, phone string) {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	var at, last *subscription
	var number uint64
	b.look(func(s *state) {
		s.phones[name] = phone
		s.change++
		number, at, last = s.change, s.first, s.last
	})
	for {
		var listener func(Change)
		b.look(func(s *state) {
			for at != last && listener == nil {
				next := at.next
				switch {
				case !next.ended:
					listener, at = next.listener, next
				case next.until >= number:
					listener, at = next.listener, next
				case next != last: // the last one stays, as others are appended to it
					at.next = next.next
				default:
					at = next
				}
			}
		})
		if listener == nil {
			return
		}
		listener(Change{name, phone})
	}
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	sub := &subscription{listener: listener}
	b.look(func(s *state) {
		s.last.next = sub
		s.last = sub
	})
	return func() {
		b.look(func(s *state) {
			if !sub.ended {
				sub.ended, sub.until = true, s.change
			}
		})
	}
}
