package check

import (
	"context"
	"os"
	"sync"
	"time"

	"heisenkata/grader/internal/run"
)

// load keeps every core busy while it is held.
type load struct {
	command   []string
	processes int
	time      time.Duration // bounds a load that is not stopped

	mu      sync.Mutex
	holders int
	stop    context.CancelFunc
	gone    *sync.WaitGroup
}

// hold starts the load if it is not running yet; the last to release ends it.
func (l *load) hold() (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holders++; l.holders == 1 {
		l.start()
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.holders--; l.holders == 0 {
			l.stop()
			l.gone.Wait()
		}
	}
}

func (l *load) start() {
	if len(l.command) == 0 {
		l.stop, l.gone = func() {}, &sync.WaitGroup{}
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.gone = stop, &sync.WaitGroup{}
	for range l.processes {
		l.gone.Go(func() {
			// If it does not start there is less load, and no wrong verdict.
			_, _ = run.Run(ctx, run.Command{Path: l.command[0], Args: l.command[1:], Env: os.Environ(), Timeout: l.time})
		})
	}
}

// KeepBusy keeps every core busy until release is called.
func (l *Lab) KeepBusy() (release func()) {
	background := &load{command: l.load.command, processes: cap(l.slots), time: 24 * time.Hour}
	return background.hold()
}
