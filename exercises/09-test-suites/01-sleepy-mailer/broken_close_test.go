package sleepymailer_test

import (
	"context"
	"sync"
	"time"
)

// What Closes has to find.
var closeFaults = []fault{
	{"Close does not wait", func(k kind, p plan, deliver attempt) *parts {
		return closes(k, p, deliver, func(_ *watch, close func()) { go close() })
	}},
	{"Close waits for one attempt only", func(k kind, p plan, deliver attempt) *parts {
		return closes(k, p, deliver, func(w *watch, close func()) {
			next := w.next()
			go close()
			<-next
		})
	}},
	{"attempts go on after Close", func(k kind, p plan, deliver attempt) *parts {
		return closes(k, p, deliver, func(w *watch, close func()) {
			<-w.last()
			go func() {
				time.Sleep(time.Minute)
				close()
			}()
		})
	}},
	{"a message that is sent after Close is attempted", func(k kind, p plan, deliver attempt) *parts {
		parts := partsOf(k.open(p, deliver))
		send, inner := parts.send, parts.close
		var mu sync.Mutex
		closed := false
		parts.send = func(message string) {
			mu.Lock()
			defer mu.Unlock()
			if closed {
				go deliver(newLimit(p.timeout(1), context.Canceled, false), message, 1)
				return
			}
			send(message)
		}
		parts.close = func() {
			inner()
			mu.Lock()
			defer mu.Unlock()
			closed = true
		}
		return parts
	}},
	{"Close waits for the end of a pause", closeSitsOutPauses},
}

// closes is a mailer with something else for Close, which knows the attempts under way. After it,
// Send does nothing.
func closes(k kind, p plan, deliver attempt, outer func(w *watch, close func())) *parts {
	w, closed := &watch{}, make(chan struct{})
	parts := sends(k, p, func(ctx context.Context, message string, n int) error {
		w.begin()
		defer w.end()
		return deliver(ctx, message, n)
	}, func(message string, send func(string)) {
		select {
		case <-closed:
		default:
			send(message)
		}
	})
	inner, end := parts.close, once(func() { close(closed) })
	parts.close = func() {
		end()
		outer(w, inner)
	}
	return parts
}

func closeSitsOutPauses(k kind, p plan, deliver attempt) *parts {
	var mu sync.Mutex
	var until time.Time
	right := p.pause
	p.pause = func(failed int, took time.Duration) (time.Duration, bool) {
		mu.Lock()
		defer mu.Unlock()
		pause, again := right(failed, took)
		if end := time.Now().Add(pause); again && end.After(until) {
			until = end
		}
		return pause, again
	}
	parts := partsOf(k.open(p, deliver))
	inner := parts.close
	parts.close = func() {
		inner()
		mu.Lock()
		left := time.Until(until)
		mu.Unlock()
		time.Sleep(left)
	}
	return parts
}
