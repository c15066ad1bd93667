// Package signal stands in for package os/signal. A test under control gets no signals:
// none is requested from the system, since no schedule would decide when it comes.
package signal

import (
	"context"
	"os"
	"os/signal"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Notify stands for signal.Notify.
func Notify(c chan<- os.Signal, sig ...os.Signal) {
	if !sched.Active() {
		signal.Notify(c, sig...)
		return
	}
	if c == nil {
		panic("os/signal: Notify using nil channel")
	}
	sched.NoteSignals()
}

// NotifyContext stands for signal.NotifyContext.
func NotifyContext(parent context.Context, sig ...os.Signal) (ctx context.Context, stop context.CancelFunc) {
	if !sched.Active() {
		return signal.NotifyContext(parent, sig...)
	}
	sched.NoteSignals()
	return context.WithCancel(parent)
}

// Stop stands for signal.Stop.
func Stop(c chan<- os.Signal) {
	if !sched.Active() {
		signal.Stop(c)
	}
}

// Ignore stands for signal.Ignore.
func Ignore(sig ...os.Signal) {
	if !sched.Active() {
		signal.Ignore(sig...)
	}
}

// Reset stands for signal.Reset.
func Reset(sig ...os.Signal) {
	if !sched.Active() {
		signal.Reset(sig...)
	}
}

// Signal stands for (*os.Process).Signal.
func Signal(p *os.Process, sig os.Signal) error {
	if !sched.Active() {
		return p.Signal(sig)
	}
	sched.Report(sched.Unexplorable, sends)
	return nil
}

const sends = "it sends a signal, and no schedule decides when that arrives"
