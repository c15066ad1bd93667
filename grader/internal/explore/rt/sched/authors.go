package sched

import (
	"regexp"
	"runtime"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// What a test sees of itself is what its author would: none of the explorer's
// frames, and the names of functions as they are in the source.

var bubbled = regexp.MustCompile(`, synctest bubble (\d+)`)

// TestRunner is the position in package testing from which tests are called in an
// ordinary run, as runtime.Callers has it; 0 if it is not known.
var TestRunner uintptr

func noteTestRunner() {
	var pcs [64]uintptr
	for _, pc := range pcs[:runtime.Callers(0, pcs[:])] {
		if f, _ := runtime.CallersFrames([]uintptr{pc}).Next(); f.Function == "testing.tRunner" {
			TestRunner = pc
		}
	}
}

// FuncName stands for (*runtime.Func).Name.
func FuncName(f *runtime.Func) string { return wire.AuthorsName(f.Name()) }

// NextFrame stands for (*runtime.Frames).Next.
func NextFrame(f *runtime.Frames) (runtime.Frame, bool) {
	frame, more := f.Next()
	frame.Function = wire.AuthorsName(strings.Replace(frame.Function, wire.Module+"/vsync.", "sync.", 1))
	return frame, more
}

// OwnStacks is a dump without what the explorer adds to it: of several goroutines,
// those of the first one's bubble. top goes before the frames of the first.
func OwnStacks(dump []byte, top string) string {
	var kept []string
	bubble := ""
	for i, stack := range strings.Split(strings.TrimSuffix(string(dump), "\n"), "\n\n") {
		head, frames, _ := strings.Cut(stack, "\n")
		in := bubbled.FindString(head)
		if i == 0 {
			bubble = in
		} else if in != bubble || strings.Contains(frames, "sched.(*Controller).loop") || strings.Contains(frames, "testingSynctestTest(") || strings.Contains(frames, "internal/synctest.Run(") {
			continue
		}
		head = strings.ReplaceAll(strings.Replace(head, in, "", 1), " (durable)", "")
		kept = append(kept, head+"\n"+top+ownFrames(frames))
		top = ""
	}
	return strings.Join(kept, "\n")
}

// runners are the functions of package testing that stand, in an ordinary run, where
// those of its stand-in are, with their positions: programs that look for goroutines
// that are left overlook these.
var runners = map[string]string{"(*T).Run(": "(*T).Run(:2109 +0x4e5", "(*T).run(": "tRunner(:2036 +0xea"}

// ownFrames drops the explorer's frames, a function and its position each, but for those
// that stand for frames of package testing.
func ownFrames(text string) string {
	var out strings.Builder
	lines, ran := strings.SplitAfter(text, "\n"), false
	for i := 0; i+1 < len(lines); i += 2 {
		function, position := lines[i], strings.TrimSuffix(lines[i+1], "\n")
		if own, from, ok := strings.Cut(function, wire.Module+"/"); ok {
			if function, position = runner(own, from, ran); function == "" {
				continue
			}
			ran = ran || strings.HasPrefix(function, "testing.tRunner(")
		}
		out.WriteString(wire.AuthorsName(function))
		out.WriteString(position + "\n")
	}
	return out.String()
}

// runner is the frame of package testing for which one of the explorer's stands, or "".
// A goroutine that has run a test was created by that package, too.
func runner(created, function string, ran bool) (name, position string) {
	file := "\t" + runtime.GOROOT() + "/src/testing/testing.go"
	if created != "" {
		if _, by, ok := strings.Cut(function, " in goroutine "); ok && ran {
			return created + "testing.(*T).Run in goroutine " + by, file + ":2101 +0x4c5"
		}
		return "", ""
	}
	for own, theirs := range runners {
		if args, ok := strings.CutPrefix(function, "vtesting."+own); ok {
			theirs, at, _ := strings.Cut(theirs, ":")
			return "testing." + theirs + args, file + ":" + at
		}
	}
	return "", ""
}
