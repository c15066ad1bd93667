package run

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"heisenkata/grader/internal/sandbox"
)

// process is a command that has been started.
type process struct {
	command Command
	cmd     *exec.Cmd
	out     *capped
	began   time.Time
	ended   chan error   // gets one value when the process has ended
	watched bool         // a process of ours stays above it, and ends what it has started
	most    atomic.Int64 // memory that it may hold, in bytes; 0: no limit
	status  chan []byte
	said    sandbox.Status // by a process of ours, and what of it was not understood
	unheard error
}

func start(c Command) (*process, error) {
	launch := sandbox.Launch{Path: c.Path, Args: c.Args}
	if c.Sandbox != nil {
		var err error
		if launch, err = sandbox.Prepare(*c.Sandbox, c.Path, c.Args); err != nil {
			return nil, err
		}
	}
	p := &process{
		command: c, cmd: exec.Command(launch.Path, launch.Args...), out: &capped{limit: OutputCap},
		ended: make(chan error, 1), watched: launch.Watched,
	}
	p.most.Store(c.Limits.Memory)
	p.cmd.Env, p.cmd.Dir, p.cmd.WaitDelay = c.Env, c.Dir, pipeTime
	if p.cmd.Env == nil {
		p.cmd.Env = []string{} // to the package, nil means the grader's own
	}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if c.Stdout != nil {
		p.cmd.Stdout = c.Stdout
	}
	if c.Stderr != nil {
		p.cmd.Stderr = io.MultiWriter(p.out, c.Stderr)
	}
	isolate(p.cmd, p.watched)
	if launch.Status {
		return p, p.startWithStatus()
	}
	return p, p.startPlain()
}

func (p *process) startPlain() error {
	obeySignals()
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { p.ended <- ignoreExit(p.cmd.Wait()) }()
	return nil
}

// startWithStatus gives the process a pipe on which the sandbox speaks.
func (p *process) startWithStatus() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	p.cmd.ExtraFiles = []*os.File{w}
	p.status = make(chan []byte, 1)
	err = p.startPlain()
	_ = w.Close() // ours; the process has its own
	if err != nil {
		_ = r.Close()
		return err
	}
	go func() {
		text, _ := io.ReadAll(io.LimitReader(r, 1<<16)) // what cannot be read was not said
		_ = r.Close()
		p.status <- text
	}()
	return nil
}

// stop ends the process, with all it has started, and waits until it has ended.
func (p *process) stop() error {
	if p.watched && p.cmd.Process.Signal(syscall.SIGTERM) == nil {
		select {
		case err := <-p.ended:
			return err
		case <-time.After(sweepTime):
		}
	}
	p.kill()
	return <-p.ended
}

// end makes sure that the process's group is empty. Where a process of
// ours was to see to that and was killed itself, its program has a group too.
func (p *process) end() {
	killGroup(p.cmd.Process.Pid)
	if p.status == nil {
		return
	}
	if p.said, p.unheard = sandbox.ReadStatus(<-p.status); p.said.Group > 0 && !p.said.Ended {
		killGroup(p.said.Group)
	}
}

// kill ends the process, wherever it has moved to, and its group.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it has just ended
	killGroup(p.cmd.Process.Pid)
}

// tell fills in how the process has ended. The error says that it never
// became what it was to be.
func (p *process) tell(r *Result) error {
	state := p.cmd.ProcessState
	r.Output, r.Wall = p.out.bytes(), time.Since(p.began)
	r.CPU = state.UserTime() + state.SystemTime()
	r.ExitCode, r.Signal = state.ExitCode(), signalName(state)
	if p.unheard == nil && p.said.Ended {
		r.ExitCode, r.Signal = p.said.ExitCode, p.said.SignalName()
	}
	p.blame(r)
	return p.unheard
}

// outOfCPU is the signal of a process that has taken all the processor time that its
// sandbox grants. A Go program takes no notice of it, and the kernel ends it soon
// after by one that could come from any process.
const outOfCPU = "CPU time limit exceeded"

// blame tells a process that the kernel ended for its processor time from one that
// another process has killed.
func (p *process) blame(r *Result) {
	rules := p.command.Sandbox
	if r.Signal == "killed" && rules != nil && rules.CPU > 0 && r.CPU >= time.Duration(rules.CPU)*time.Second {
		r.Signal = outOfCPU
	}
}

// ignoreExit keeps only the errors that are not the process's own doing.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return err
}
