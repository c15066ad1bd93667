// Package log stands in for functions of the packages log and log/slog: those that end the
// process, and those that take a writer of instrumented code.
package log

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Fatal stands for log.Fatal.
func Fatal(v ...any) { exit("log.Fatal: ", fmt.Sprint(v...)) }

// Fatalf stands for log.Fatalf.
func Fatalf(format string, v ...any) { exit("log.Fatalf: ", fmt.Sprintf(format, v...)) }

// Fatalln stands for log.Fatalln.
func Fatalln(v ...any) { exit("log.Fatalln: ", fmt.Sprintln(v...)) }

// exit writes the message and ends the process. Under control it is a finding,
// and ends the goroutine.
func exit(function, message string) {
	if !sched.Active() {
		_ = log.Output(3, message) // the process ends anyway
		os.Exit(1)
	}
	sched.Report(sched.Wrong, function+strings.TrimSuffix(message, "\n"))
	runtime.Goexit()
}
