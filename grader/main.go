// Command grader runs the fixes of concurrency exercises and scores them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"heisenkata/grader/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
