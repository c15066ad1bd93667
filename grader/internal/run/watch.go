package run

import (
	"io/fs"
	"path/filepath"
	"time"

	"heisenkata/grader/internal/sandbox"
)

// watchEvery is how often a running process is looked at. A process that is
// over before that has not had the time to take much.
const watchEvery = 50 * time.Millisecond

// familyEvery: one look in so many takes in all that the process has started. For
// that every process of the machine has to be looked at, which takes milliseconds,
// and each of those started has limits of its own.
const familyEvery = 4

// watch looks at a process now and then, and tells of the limit it exceeds, or
// that it has had enough time.
type watch struct {
	exceeded chan string
	spent    chan struct{} // closed
	over     chan struct{}
}

func newWatch(p *process) *watch {
	w := &watch{exceeded: make(chan string, 1), spent: make(chan struct{}), over: make(chan struct{})}
	if p.command.Limits != (Limits{}) || p.command.Enough != nil {
		go w.look(p)
	}
	return w
}

func (w *watch) stop() { close(w.over) }

func (w *watch) look(p *process) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	spent := false
	for n := 0; ; n++ {
		select {
		case <-w.over:
			return
		case <-tick.C:
		}
		if !p.watched || n%familyEvery == 0 {
			if what := p.exceeds(); what != "" {
				w.exceeded <- what
				return
			}
		}
		if !spent && p.spent() {
			spent = true
			close(w.spent)
		}
	}
}

// spent reports whether the process has had enough time.
func (p *process) spent() bool {
	if p.command.Enough == nil {
		return false
	}
	own, _ := sandbox.Look(p.cmd.Process.Pid) // without it, no time
	return p.command.Enough(own.CPU, time.Since(p.began))
}

// exceeds names the limit that the process is beyond, or "".
func (p *process) exceeds() string {
	l := p.command.Limits
	memory, threads := p.uses()
	switch {
	case exceedsMost(memory, p.most.Load()):
		return "memory"
	case l.Threads > 0 && threads > l.Threads:
		return "threads"
	}
	if p.command.Sandbox == nil || l.Disk == 0 && l.Files == 0 {
		return ""
	}
	bytes, files := int64(0), 0
	for _, dir := range p.command.Sandbox.Write {
		b, n := measure(dir, l)
		bytes, files = bytes+b, files+n
	}
	switch {
	case l.Disk > 0 && bytes > l.Disk:
		return "disk"
	case l.Files > 0 && files > l.Files:
		return "files"
	}
	return ""
}

func exceedsMost(memory, most int64) bool { return most > 0 && memory > most }

// Running is a process that has not ended.
type Running struct{ process *process }

// Memory is what the process and all below it hold, in bytes; 0 where the system does not
// say.
func (r *Running) Memory() int64 {
	memory, _ := r.process.uses()
	return memory
}

// Bound sets how much memory the process may hold from now on, in bytes.
func (r *Running) Bound(most int64) { r.process.most.Store(most) }

// uses sums up the process and, if it may start others, all below it.
func (p *process) uses() (memory int64, threads int) {
	pid := p.cmd.Process.Pid
	all := []sandbox.Process{}
	if own, ok := sandbox.Look(pid); ok {
		all = append(all, own)
	}
	if p.watched {
		all = append(all, sandbox.Descendants(pid)...)
	}
	for _, one := range all {
		memory, threads = memory+one.Memory, threads+one.Threads
	}
	return memory, threads
}

// stopped reports whether the process is at a stop, and not just waiting.
func (p *process) stopped() bool {
	own, ok := sandbox.Look(p.cmd.Process.Pid)
	return ok && own.Stopped
}

// A process that has nothing to do is seen asleep at each of so many looks. One that
// waits for a processor is ready to run at some of them.
const (
	asleepLooks = 10
	asleepEvery = 10 * time.Millisecond
)

// asleep reports whether the process sleeps for longer than it may, and does not just wait
// for a processor.
func (p *process) asleep(most time.Duration) bool {
	from := time.Now()
	for n := 0; n < asleepLooks || time.Since(from) <= most; n++ {
		if !sandbox.Asleep(p.cmd.Process.Pid) {
			return false
		}
		time.Sleep(asleepEvery)
	}
	return true
}

// measure counts the bytes and files below a folder, up to the first limit.
func measure(dir string, l Limits) (bytes int64, files int) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it has just been removed
		}
		files++
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			bytes += info.Size()
		}
		if l.Disk > 0 && bytes > l.Disk || l.Files > 0 && files > l.Files {
			return fs.SkipAll
		}
		return nil
	})
	return bytes, files
}
