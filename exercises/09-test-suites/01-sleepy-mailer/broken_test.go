package sleepymailer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// A fault makes a right mailer wrong: it changes the plan, or stands between the mailer and
// its callers, or between the mailer and deliver.
type fault struct {
	name string
	add  func(k kind, p plan, deliver attempt) *parts
}

// planned is a fault that changes the plan.
func planned(name string, change func(*plan)) fault {
	return fault{name, func(k kind, p plan, deliver attempt) *parts {
		change(&p)
		return partsOf(k.open(p, deliver))
	}}
}

// What Delivers has to find.
var deliveryFaults = []fault{
	{"a message is lost if it is sent before the previous one has been delivered", losesTheNext},
	{"the third message is lost", func(k kind, p plan, deliver attempt) *parts {
		n := 0
		return sends(k, p, deliver, func(message string, send func(string)) {
			if n++; n != 3 {
				send(message)
			}
		})
	}},
	{"the second message arrives with the text of the first", func(k kind, p plan, deliver attempt) *parts {
		var sent []string
		return sends(k, p, deliver, func(message string, send func(string)) {
			if sent = append(sent, message); len(sent) == 2 {
				message = sent[0]
			}
			send(message)
		})
	}},
	{"each message is attempted by two goroutines", func(k kind, p plan, deliver attempt) *parts {
		more := &extras{deliver: deliver}
		parts := sends(k, p, deliver, func(message string, send func(string)) {
			send(message)
			more.later(0, message)
		})
		parts.close = more.closing(parts.close)
		return parts
	}},
	{"each message is delivered twice", func(k kind, p plan, deliver attempt) *parts {
		return deliversAgain(k, p, deliver, 0)
	}},
	{"each message is delivered again, most of an hour later", func(k kind, p plan, deliver attempt) *parts {
		return deliversAgain(k, p, deliver, 50*time.Minute+rand.N(5*time.Minute))
	}},
	{"Send returns when the first attempt has", sendWaits},
	{"one attempt at a time", func(k kind, p plan, deliver attempt) *parts {
		slot := make(chan struct{}, 1)
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			slot <- struct{}{}
			defer func() { <-slot }()
			return deliver(ctx, message, n)
		}))
	}},
	{"the first attempt begins late", func(k kind, p plan, deliver attempt) *parts {
		late := aWrongTime()
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			if n == 1 {
				time.Sleep(late)
			}
			return deliver(ctx, message, n)
		}))
	}},
}

// aWrongTime is how far a time is off.
func aWrongTime() time.Duration { return 100*time.Millisecond + rand.N(20*time.Millisecond) }

// sends is a mailer with something around its Send, of which there is one at a time.
func sends(k kind, p plan, deliver attempt, outer func(message string, send func(string))) *parts {
	lock := make(chan struct{}, 1) // in a bubble time stands still while a goroutine waits for a mutex
	parts := partsOf(k.open(p, deliver))
	send := parts.send
	parts.send = func(message string) {
		lock <- struct{}{}
		defer func() { <-lock }()
		outer(message, send)
	}
	return parts
}

func losesTheNext(k kind, p plan, deliver attempt) *parts {
	var mu sync.Mutex
	under := 0
	change := func(by int) int {
		mu.Lock()
		defer mu.Unlock()
		under += by
		return under
	}
	return sends(k, p, func(ctx context.Context, message string, n int) error {
		if n == 1 {
			defer change(-1)
		}
		return deliver(ctx, message, n)
	}, func(message string, send func(string)) {
		if change(1) > 1 {
			change(-1)
			return
		}
		send(message)
	})
}

func deliversAgain(k kind, p plan, deliver attempt, pause time.Duration) *parts {
	more := &extras{deliver: deliver}
	parts := partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
		err := deliver(ctx, message, n)
		if err == nil {
			more.later(pause, message)
		}
		return err
	}))
	parts.close = more.closing(parts.close)
	return parts
}

// sendWaits waits until the next first attempt has returned, or the mailer is closed.
func sendWaits(k kind, p plan, deliver attempt) *parts {
	returned, closed := make(chan struct{}, 1000), make(chan struct{})
	parts := sends(k, p, func(ctx context.Context, message string, n int) error {
		if n == 1 {
			defer func() { returned <- struct{}{} }()
		}
		return deliver(ctx, message, n)
	}, func(message string, send func(string)) {
		send(message)
		select {
		case <-returned:
		case <-closed:
		}
	})
	inner := parts.close
	parts.close = func() {
		inner()
		close(closed)
	}
	parts.close = once(parts.close)
	return parts
}

// once is a close that does nothing when it is called again.
func once(f func()) func() { return sync.OnceFunc(f) }

// What Retries has to find.
var retryFaults = []fault{
	planned("a failed attempt is not repeated", func(p *plan) { p.pause = pauses() }),
	planned("the pauses do not double", func(p *plan) { p.pause = pauses(time.Second, time.Second, time.Second) }),
	planned("the last pause does not double", func(p *plan) { p.pause = pauses(time.Second, 2*time.Second, 2*time.Second) }),
	planned("no pauses", func(p *plan) { p.pause = pauses(0, 0, 0) }),
	planned("the first pause is too short", shifted(1, -1)),
	planned("the first pause is too long", shifted(1, 1)),
	planned("the second pause is too short", shifted(2, -1)),
	planned("the second pause is too long", shifted(2, 1)),
	planned("the third pause is too short", shifted(3, -1)),
	planned("the third pause is too long", shifted(3, 1)),
	planned("three attempts instead of four", func(p *plan) { p.pause = pauses(time.Second, 2*time.Second) }),
	planned("five attempts instead of four", func(p *plan) { p.pause = pauses(time.Second, 2*time.Second, 4*time.Second, 8*time.Second) }),
	planned("a pause counts from the beginning of the failed attempt", func(p *plan) {
		right := p.pause
		p.pause = func(failed int, took time.Duration) (time.Duration, bool) {
			pause, again := right(failed, took)
			return max(0, pause-took), again
		}
	}),
	planned("a message goes on with the pauses of another", func(p *plan) {
		var mu sync.Mutex
		all, right := 0, p.pause
		p.pause = func(failed int, took time.Duration) (time.Duration, bool) {
			mu.Lock()
			defer mu.Unlock()
			all++
			pause, again := right(min(all, 3), took)
			return pause, again && failed < 4
		}
	}),
	{"a message is repeated although its second attempt has delivered it", func(k kind, p plan, deliver attempt) *parts {
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			err := deliver(ctx, message, n)
			if err == nil && n > 1 {
				return errors.New("not noticed")
			}
			return err
		}))
	}},
	{"a message that pauses holds up the others", oneMessageAtATime},
	{"the second message is repeated with the text of the first", func(k kind, p plan, deliver attempt) *parts {
		var mu sync.Mutex
		first := ""
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			mu.Lock()
			if first == "" {
				first = message
			} else if n > 1 {
				message = first
			}
			mu.Unlock()
			return deliver(ctx, message, n)
		}))
	}},
}

// shifted makes the pause after so many failures wrong: longer or, if the sign is negative, shorter.
func shifted(after int, sign time.Duration) func(*plan) {
	return func(p *plan) {
		off, right := sign*aWrongTime(), p.pause
		p.pause = func(failed int, took time.Duration) (time.Duration, bool) {
			pause, again := right(failed, took)
			if failed == after {
				pause += off
			}
			return pause, again
		}
	}
}

func oneMessageAtATime(k kind, p plan, deliver attempt) *parts {
	slot, closing := make(chan struct{}, 1), make(chan struct{})
	parts := partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
		if n == 1 {
			select {
			case slot <- struct{}{}:
			case <-closing:
				return errors.New("closed")
			}
		}
		err := deliver(ctx, message, n)
		if err == nil || n == 4 {
			<-slot
		}
		return err
	}))
	inner, end := parts.close, once(func() { close(closing) })
	parts.close = func() {
		end()
		inner()
	}
	return parts
}

// What TimesOut has to find.
var timeoutFaults = []fault{
	planned("the context of an attempt does not end", func(p *plan) { p.timeout = timeout(0) }),
	planned("the context of an attempt ends after 15 s", func(p *plan) { p.timeout = timeout(15 * time.Second) }),
	planned("the context of an attempt ends too early", func(p *plan) { p.timeout = timeout(30*time.Second - aWrongTime()) }),
	planned("the context of an attempt ends too late", func(p *plan) { p.timeout = timeout(30*time.Second + aWrongTime()) }),
	planned("the context of an attempt ends after a minute", func(p *plan) { p.timeout = timeout(time.Minute) }),
	planned("only the first attempt has a context that ends", func(p *plan) {
		right := p.timeout
		p.timeout = func(n int) time.Duration {
			if n > 1 {
				return 0
			}
			return right(n)
		}
	}),
	{"the attempts of a message share 30 s", oneLimitForAll},
	{"an attempt that has taken too long is not repeated", func(k kind, p plan, deliver attempt) *parts {
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			began := time.Now()
			err := deliver(ctx, message, n)
			if time.Since(began) >= 30*time.Second {
				return nil
			}
			return err
		}))
	}},
	{"an attempt that delivers, but too late, is repeated", func(k kind, p plan, deliver attempt) *parts {
		return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
			began := time.Now()
			if err := deliver(ctx, message, n); err != nil || time.Since(began) < 30*time.Second {
				return err
			}
			return context.DeadlineExceeded
		}))
	}},
	{"an attempt that takes too long is repeated before it has returned", abandonsAttempts},
}

// oneLimitForAll has, for all attempts of a message, the context of the first.
func oneLimitForAll(k kind, p plan, deliver attempt) *parts {
	var firsts sync.Map // by message
	return partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
		if n == 1 {
			firsts.Store(message, newLimit(p.timeout(1), context.Canceled, false))
		}
		first, _ := firsts.Load(message)
		return deliver(first.(context.Context), message, n)
	}))
}

func abandonsAttempts(k kind, p plan, deliver attempt) *parts {
	under := &watch{}
	parts := partsOf(k.open(p, func(ctx context.Context, message string, n int) error {
		returned := make(chan error, 1)
		under.begin()
		go func() {
			defer under.end()
			returned <- deliver(ctx, message, n)
		}()
		select {
		case err := <-returned:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
	inner := parts.close
	parts.close = func() {
		inner()
		<-under.last()
	}
	return parts
}
