// Command grader runs the fixes of concurrency exercises and scores them.
package main

import (
	"context"
	"os"

	"heisenkata/grader/internal/cli"
)

func main() {
	ctx, stop := cli.UntilSignalled(context.Background())
	code := cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
