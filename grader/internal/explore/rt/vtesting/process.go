package testing

import (
	"flag"
	"os"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/sched"
)

// process is what a process has that tests change without saying so: its environment,
// working directory, arguments and flags.
type process struct {
	env     []string
	dir     string
	args    []string
	flags   *flag.FlagSet
	defined []*flag.Flag
}

// began is what the process had before its first test, or nil.
var began *process

func noteProcess() {
	dir, _ := os.Getwd() // without one there is none to go back to
	began = &process{os.Environ(), dir, slices.Clone(os.Args), flag.CommandLine, defined(flag.CommandLine)}
}

func defined(flags *flag.FlagSet) (list []*flag.Flag) {
	flags.VisitAll(func(f *flag.Flag) { list = append(list, f) })
	return list
}

// restore is hidden from the race detector: what is left of the schedule before may still
// look, and the locks of package os order nothing for the test.
//
//go:norace
func (p *process) restore() {
	sched.Off()
	defer sched.On()
	if !slices.Equal(os.Environ(), p.env) {
		os.Clearenv()
		for _, variable := range p.env {
			name, value, _ := strings.Cut(variable, "=")
			_ = os.Setenv(name, value) // it could be set before
		}
	}
	if p.dir != "" {
		_ = os.Chdir(p.dir) // it may be gone, as it would be in an ordinary run
	}
	os.Args = slices.Clone(p.args)
	if flag.CommandLine != p.flags || !slices.Equal(defined(p.flags), p.defined) {
		p.restoreFlags()
	}
}

// restoreFlags takes out the flags that a test has defined, which it could not define
// again.
//
//go:norace
func (p *process) restoreFlags() {
	again := flag.NewFlagSet(p.flags.Name(), p.flags.ErrorHandling())
	again.SetOutput(p.flags.Output())
	again.Usage = p.flags.Usage
	for _, f := range p.defined {
		again.Var(f.Value, f.Name, f.Usage)
	}
	if p.flags.Parsed() {
		_ = again.Parse(nil) // of nothing
	}
	p.flags, p.defined = again, defined(again)
	flag.CommandLine = again
}
