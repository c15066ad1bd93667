package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// openers are the commands that open a file with a user's browser, the first one first.
func openers(goos, chosen string) (commands [][]string) {
	switch goos {
	case "darwin":
		return [][]string{{"open"}}
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
	}
	if chosen != "" {
		commands = append(commands, []string{chosen})
	}
	return append(commands, []string{"xdg-open"}, []string{"wslview"}, []string{"x-www-browser"})
}

// openTime is how long a command may take to say that it cannot open a file. One that still
// runs then is the browser.
const openTime = 3 * time.Second

// openInBrowser opens a file with the user's browser.
func openInBrowser(ctx context.Context, file string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	for _, command := range openers(runtime.GOOS, os.Getenv("BROWSER")) {
		if path, err := exec.LookPath(command[0]); err == nil && opens(ctx, path, append(command[1:], file)) {
			return nil
		}
	}
	return fmt.Errorf("no program here opens web pages (xdg-open, $BROWSER); open %s yourself", file)
}

// opens starts a command, and reports whether it works or still runs after a while.
func opens(ctx context.Context, path string, args []string) bool {
	c := exec.CommandContext(context.WithoutCancel(ctx), path, args...) // the browser outlives the grader
	if c.Start() != nil {
		return false
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err == nil
	case <-time.After(openTime):
		return true
	case <-ctx.Done():
		return !errors.Is(ctx.Err(), context.DeadlineExceeded)
	}
}
