package watch

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Files notices when files change. It compares their contents, so a touch does not
// count. The system's events only say when to look; where none arrive (network file
// systems, containers, WSL), it looks once per Poll.
type Files struct {
	Folders []string      // that hold the files: an editor may replace a file rather than write to it
	Poll    time.Duration // 0: events only
	Mark    func() string // a value that differs when the files' contents differ
}

// settling is how long to wait after an event before looking: an editor empties a
// file before it writes to it, or moves one away before another takes its place.
const settling = 25 * time.Millisecond

// Changes starts watching, and returns a channel that receives after each change until
// ctx ends. Changes in quick succession may count as one.
func (f Files) Changes(ctx context.Context) <-chan struct{} {
	w := waker{mark: f.Mark, settled: func() <-chan time.Time { return time.After(settling) }}
	if f.Poll > 0 {
		ticker := time.NewTicker(f.Poll)
		context.AfterFunc(ctx, ticker.Stop)
		w.ticks = ticker.C
	}
	w.events, w.rewatch = f.events(ctx)
	changes, last := make(chan struct{}, 1), f.Mark()
	go w.follow(ctx, last, changes)
	return changes
}

// events returns a channel that receives when something happened in the folders, if
// the system can tell. rewatch also watches folders that were replaced since.
func (f Files) events(ctx context.Context) (events <-chan struct{}, rewatch func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, func() {}
	}
	context.AfterFunc(ctx, func() { _ = watcher.Close() })
	rewatch = func() {
		for _, folder := range f.Folders {
			_ = watcher.Add(folder) // one that cannot be watched is polled
		}
	}
	rewatch()
	happened := make(chan struct{}, 1)
	go func() {
		for more := true; more; {
			select {
			case _, more = <-watcher.Events:
			case _, more = <-watcher.Errors: // an overflow: look as well
			}
			wake(happened)
		}
	}()
	return happened, rewatch
}

// wake sends unless a message is waiting already.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// waker decides when to look at the files.
type waker struct {
	events  <-chan struct{}
	ticks   <-chan time.Time
	settled func() <-chan time.Time // begins a wait, and tells when it is over
	rewatch func()
	mark    func() string
}

// follow looks at the files soon after an event and at every tick, and sends to changes
// if their contents differ. A file found changed at a tick may be half written, so it
// gets time to settle, too.
func (w waker) follow(ctx context.Context, last string, changes chan<- struct{}) {
	var settled <-chan time.Time
	soon := func() {
		if settled == nil { // later events do not put it off
			settled = w.settled()
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.events:
			soon()
		case <-w.ticks:
			w.rewatch()
			if w.mark() != last {
				soon()
			}
		case <-settled:
			settled = nil
			if now := w.mark(); now != last {
				last = now
				wake(changes)
			}
		}
	}
}
