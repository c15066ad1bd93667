package sleepymailer_test

import (
	"slices"
	"time"
)

// What Closes has to find. Most of these mailers close by themselves: their frame lets no attempt begin once
// Close has been called, and the mailer inside is closed when all is over.
var closeBugs = slices.Concat(
	derive(nothing, always),
	derive(closing("Close does not wait for an attempt", nil, func(f *frame) { f.shut(f.hit) }),
		always, numbers, attempts(1, 4), two, three),
	derive(closing("Close waits for no attempt", nil, shutAnyway), underWay),
	derive(closing("Close returns when one of several attempts has ended", nil, func(f *frame) { f.shutAfter(1) }), always),
	derive(closing("Close returns when two of three attempts have ended", nil, func(f *frame) { f.shutAfter(2) }), always),
	derive(closing("Close waits for a pause", nil, sitOut), always, numbers, attempts(1, 3)),
	derive(closing("Close returns late", nil, closeLate), closings, underWay, both(whileItWaits, firstCalls), both(afterwards, firstCalls, firstCallIdle)),
	derive(closing("Close returns at once when it is called while it waits", nil, func(f *frame) {
		if f.isIn(waiting) {
			return
		}
		f.shut(nil)
	}), always, firstCalls),
	derive(closing("an attempt begins after a pause although Close waits", lets(waiting, retried), nil), always, numbers, attempts(2, 4)),
	derive(closing("an attempt begins after a pause although Close has returned", lets(closed, retried), nil), always, numbers, attempts(2, 4)),
	derive(closing("a message that is sent while Close waits is attempted", lets(waiting, isFirst), nil), always, firstCalls),
	derive(closing("a message that is sent after Close is attempted", lets(closed, isFirst), nil), always, firstCalls, firstCallIdle),
	derive(sendsLate("Send waits while Close does", waiting), always, firstCalls),
	derive(sendsLate("Send waits after Close", closed), always, firstCalls, firstCallIdle),
)

// closings are the conditions of a call of Close.
var closings = slices.Concat([]condition{
	{"with nothing under way", func(m moment) bool { return m.now == open && m.beside == 0 }},
	{"with an attempt under way", func(m moment) bool { return m.now == open && m.beside > 0 }},
}, whileItWaits, afterwards)

var (
	whileItWaits = []condition{{"when it is called while it waits", func(m moment) bool { return m.now == waiting }}}
	afterwards   = []condition{{"when it is called again afterwards", func(m moment) bool { return m.now == closed }}}

	// Of what comes after the first call of Close.
	firstCalls = []condition{
		{"if one attempt was under way at the first Close", func(m moment) bool { return m.atFirst == 1 }},
		{"if three attempts were under way at the first Close", func(m moment) bool { return m.atFirst == 3 }},
	}
	firstCallIdle = []condition{{"if nothing was under way at the first Close", func(m moment) bool { return m.atFirst == 0 }}}
)

// both are conditions that hold if one of each kind does.
func both(ones []condition, others ...[]condition) (list []condition) {
	for _, one := range ones {
		for _, other := range slices.Concat(others...) {
			list = append(list, condition{one.name + ", " + other.name, func(m moment) bool { return one.holds(m) && other.holds(m) }})
		}
	}
	return list
}

// underWay are the numbers of attempts that may be under way when Close is called.
var underWay = []condition{
	{"with one attempt under way", func(m moment) bool { return m.now == open && m.beside == 1 }},
	{"with three attempts under way", func(m moment) bool { return m.now == open && m.beside == 3 }},
}

// closing is a fault of a mailer that closes by itself. The gate says which attempts may begin
// although Close has been called, and close is what Close does; without them, both are right.
func closing(name string, gate func(*frame, moment) bool, close func(*frame)) fault {
	if gate == nil {
		gate = func(*frame, moment) bool { return false }
	}
	if close == nil {
		close = func(f *frame) { f.shut(nil) }
	}
	return fault{name: name, gate: gate, closes: close, begins: dawdle}
}

// dawdle is for an attempt that begins once Close has returned: it begins then, or at any time within an hour of that.
func dawdle(f *frame, r *run) {
	if r.now == closed && f.choose(3, 0) > 0 {
		f.mu.Lock()
		until := f.closedAt.Add(f.withinAnHour())
		f.mu.Unlock()
		time.Sleep(time.Until(until))
	}
}

// lets makes attempts begin that should not, in a phase.
func lets(in phase, which func(moment) bool) func(*frame, moment) bool {
	return func(f *frame, m moment) bool {
		return m.now == in && (m.n > 1 || m.letter.phase == in) && which(m) && f.bug.when(m)
	}
}

// shut closes, and waits for the attempts under way, except those that ignore picks.
func (f *frame) shut(ignore func(moment) bool) {
	f.shutting()
	f.wait(func() bool {
		return !slices.ContainsFunc(f.under, func(r *run) bool {
			m := r.moment
			m.beside = len(f.under) - 1
			return r.now == open && (ignore == nil || !ignore(m))
		})
	})
	f.shutDone()
}

// hit reports whether the bug shows at this moment.
func (f *frame) hit(m moment) bool { return f.bug.when(m) }

// shutAnyway closes, and waits for no attempt if the bug shows when it is called.
func shutAnyway(f *frame) {
	f.mu.Lock()
	hit := f.bug.when(moment{now: f.phase, beside: len(f.under)})
	f.mu.Unlock()
	f.shut(func(moment) bool { return hit })
}

// shutAfter closes, and waits until n attempts have ended if more are under way.
func (f *frame) shutAfter(n int) {
	under := f.shutting()
	f.wait(func() bool { return len(f.under) == 0 || under > n && len(f.under) <= under-n && f.bug.when(moment{}) })
	f.shutDone()
}

// shutting begins to close, and returns how many attempts are under way.
func (f *frame) shutting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase == open {
		f.phase, f.atFirst = waiting, len(f.under)
	}
	return len(f.under)
}

func (f *frame) shutDone() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase = closed; f.closedAt.IsZero() {
		f.closedAt = time.Now()
	}
	f.changed.Broadcast()
}

func (f *frame) isIn(p phase) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.phase == p && f.bug.when(moment{now: f.phase, atFirst: f.atFirst})
}

// sitOut closes, and waits for the pauses that there were.
func sitOut(f *frame) {
	var until time.Time
	f.mu.Lock()
	for _, l := range f.letters {
		if l.stage == pauses && f.bug.when(moment{letter: l, n: l.tried}) && l.until.After(until) {
			until = l.until
		}
	}
	f.mu.Unlock()
	f.shut(nil)
	if !until.IsZero() {
		time.Sleep(time.Until(until))
	}
}

func closeLate(f *frame) {
	f.mu.Lock()
	m := moment{now: f.phase, beside: len(f.under), atFirst: f.atFirst}
	f.mu.Unlock()
	f.shut(nil)
	if f.bug.when(m) {
		time.Sleep(aWrongTime())
	}
}

// sendsLate is a Send that waits in one phase: for a while, or until Close has returned.
func sendsLate(name string, in phase) fault {
	one := closing(name, nil, nil)
	one.sends = func(f *frame, l *letter, send func()) {
		switch {
		case l.phase == waiting && in == waiting && f.choose(2, 0) == 0:
			f.wait(func() bool { return f.phase == closed })
		case l.phase == in:
			time.Sleep(aWrongTime())
		}
		send()
	}
	return one
}
