package sandbox

// Prepare says how to start a program under rules. One that can start no
// processes needs no supervisor: the kernel ends it with the grader.
func Prepare(r Rules, path string, args []string) (Launch, error) {
	l := Launch{Status: true, Watched: r.Spawn || !available().seccomp}
	mode := become
	if l.Watched {
		mode = watch
	}
	var err error
	l.Path, l.Args, err = wrap(mode, r, path, args)
	return l, err
}
