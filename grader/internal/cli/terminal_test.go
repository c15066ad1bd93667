package cli_test

import (
	"crypto/rand"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The transcripts' commands for a real terminal, which tmux provides:
//
//	terminal COLUMNS ROWS COMMAND    runs a shell command on a new terminal
//	shows PATTERN                    waits until the screen matches
//	press KEY...                     types keys, as tmux names them
//	resize COLUMNS ROWS
var terminalCommands = map[string]func(*testscript.TestScript, bool, []string){
	"terminal": terminal, "shows": shows, "press": press, "resize": resize,
}

// showsWithin bounds the wait for a screen: it is only reached if that never comes.
const showsWithin = 5 * time.Minute

// tmux runs a command of tmux's on the terminal that was begun last. Each has a
// server of its own.
func tmux(ts *testscript.TestScript, args ...string) (output string) {
	out, err := exec.Command("tmux", append([]string{"-u", "-S", ts.Getenv("TERMINAL")}, args...)...).CombinedOutput()
	if err != nil {
		ts.Fatalf("tmux %s: %v: %s", args, err, out)
	}
	return string(out)
}

func terminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: terminal COLUMNS ROWS COMMAND")
	}
	name := filepath.Join(ts.Getenv("WORK"), rand.Text()[:8])
	ts.Setenv("TERMINAL", name)
	// What the command says after its screen is closed stays to be seen.
	ts.Check(ts.Exec("tmux", "-u", "-S", name, "-f", "/dev/null", "new-session", "-d", "-x", args[0], "-y", args[1], "sh", "-c", args[2]+"; sleep 1000"))
	ts.Defer(func() { _ = exec.Command("tmux", "-S", name, "kill-server").Run() })
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shows PATTERN")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	screen := ""
	for end := time.Now().Add(showsWithin); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		screen = tmux(ts, "capture-pane", "-p")
		if pattern.MatchString(screen) {
			return
		}
	}
	ts.Fatalf("the screen never matched %s; it is\n%s", pattern, screen)
}

func press(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: press KEY...")
	}
	tmux(ts, append([]string{"send-keys"}, args...)...)
}

func resize(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: resize COLUMNS ROWS")
	}
	tmux(ts, "resize-window", "-x", args[0], "-y", args[1])
}
