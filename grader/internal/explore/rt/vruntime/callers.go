package runtime

import (
	"runtime"
	"strings"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/wire"
)

// Code that counts the calls between itself and what it looks for, as loggers and
// assertions do, finds as many as in an ordinary run.

// Callers stands for runtime.Callers.
func Callers(skip int, pcs []uintptr) int {
	skip = max(skip, 0)
	for size := skip + len(pcs) + 32; ; size *= 2 {
		buf := make([]uintptr, size)
		n := runtime.Callers(0, buf)
		kept := authors(buf[:n])
		if n < size || len(kept) >= skip+len(pcs) {
			return copy(pcs, kept[min(skip, len(kept)):])
		}
	}
}

// Caller stands for runtime.Caller.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var pcs [1]uintptr
	if skip < 0 || Callers(skip+1, pcs[:]) == 0 {
		return 0, "", 0, false
	}
	frame, _ := runtime.CallersFrames(pcs[:]).Next()
	return frame.PC, frame.File, frame.Line, frame.PC != 0
}

// authors keeps the calls that an ordinary run would have, too. What stands for package
// sync calls back through as many functions as sync itself.
func authors(pcs []uintptr) []uintptr {
	kept := pcs[:0]
	for _, pc := range pcs {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		own, ours := strings.CutPrefix(frame.Function, wire.Module+"/")
		switch {
		case !ours || strings.HasPrefix(own, "vsync."):
			kept = append(kept, pc)
		case own == "vtesting.(*T).run" && sched.TestRunner != 0:
			kept = append(kept, sched.TestRunner)
		}
	}
	return kept
}
