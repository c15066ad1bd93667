package check

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"heisenkata/grader/internal/run"
)

// channel is the folder of one run: what the process is told, what it reports,
// and the race detector's log.
type channel struct {
	dir    string
	work   string // the process's own folder
	secret string
}

// channelVariable is attest.Variable of the exercises.
const channelVariable = "HEISENKATA_CHANNEL"

// openChannel lays out a run: the secret that only the official part of this one
// process will know, and what is asked of it.
func openChannel(dir string, s sample) (*channel, error) {
	c := &channel{dir: dir, work: filepath.Join(dir, "work"), secret: rand.Text()}
	err := os.Mkdir(c.work, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "control"), []byte(c.secret+" "+s.mode()+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("no room for a run: %w; free some space, or set TMPDIR to where there is some", err)
	}
	return c, nil
}

// mode says what is asked of a process: a canary, or a test on so many processors,
// one number for each run, which may have to fail at one of its steps.
func (s sample) mode() string {
	switch {
	case s.canary:
		return "canary"
	case s.failAt > 0:
		return fmt.Sprintf("fail-%d %s", s.failAt-1, listed(s.all()))
	case s.procs == 0:
		return "test"
	}
	return "test " + listed(s.all())
}

func listed(numbers []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ",")
}

// told is what a finding says of each run: 0 if it is on the machine's own number.
func (s sample) told() []int {
	procs := s.all()
	if s.own {
		procs[0] = 0
	}
	return procs
}

// env is all the environment a test process has; root is the folder of the module
// that it was built in. The race log goes to files of
// its own, so that nothing a fix prints can look like one; at the first race the
// process ends, because memory is not to be trusted after it, unless it is run to
// see what the race leads to.
func (c *channel) env(s sample, root string) []string {
	sleep, halt := time.Duration(0), 1
	if s.exitSleep {
		sleep = exitSleepTime
	}
	if s.goOn {
		halt = 0
	}
	procs := s.procs
	if procs == 0 {
		procs = runtime.GOMAXPROCS(0) // in the sandbox the process would not see the limits of a container
	}
	env := []string{
		"HOME=" + c.work, "TMPDIR=" + c.work, "TMP=" + c.work, "TEMP=" + c.work, "LC_ALL=C", "GOTRACEBACK=all",
		channelVariable + "=" + c.dir, fmt.Sprintf("GOMAXPROCS=%d", procs),
		fmt.Sprintf("GORACE=log_path=%s strip_path_prefix=%s/ halt_on_error=%d exitcode=%d atexit_sleep_ms=%d", filepath.Join(c.dir, "race"), root, halt, halt*66, sleep.Milliseconds()),
	}
	if root := os.Getenv("SystemRoot"); root != "" { // without it no Windows process starts
		env = append(env, "SystemRoot="+root)
	}
	return env
}

// maxLog bounds what is read of a report or a race log, in bytes.
const maxLog = 1 << 20

// report is what the official part of the process reported.
func (c *channel) report() string { return string(run.ReadLeftover(c.dir, "report", maxLog)) }

var raceFile = regexp.MustCompile(`^race\.[0-9]+$`)

// raceLog is what the race detector wrote.
func (c *channel) raceLog() string {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return ""
	}
	var text strings.Builder
	for _, e := range entries {
		if raceFile.MatchString(e.Name()) && text.Len() < maxLog {
			text.Write(run.ReadLeftover(c.dir, e.Name(), maxLog))
		}
	}
	return text.String()
}
