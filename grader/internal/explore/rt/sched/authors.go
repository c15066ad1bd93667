package sched

import (
	"regexp"
	"runtime"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// What a test sees of itself is what its author would: none of the explorer's
// frames, and the names of functions as they are in the source.

var (
	testsType = regexp.MustCompile(`\.hk\d*__tests\.`)
	testsFunc = regexp.MustCompile(`(\.hk\d*__tests\.)\w+-fm\.(\w+)`) // a function literal in a test that is called as a method's value
	testValue = regexp.MustCompile(`(\.hk\d*__tests\.\w+)-fm`)
	bubbled   = regexp.MustCompile(`, synctest bubble (\d+)`)
)

// AuthorsName is a function's name as its author has it: tests are methods only here.
func AuthorsName(name string) string {
	if !testsType.MatchString(name) {
		return name
	}
	name = testsFunc.ReplaceAllString(name, "$1$2")
	return testsType.ReplaceAllString(testValue.ReplaceAllString(name, "$1"), ".")
}

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
func FuncName(f *runtime.Func) string { return AuthorsName(f.Name()) }

// NextFrame stands for (*runtime.Frames).Next.
func NextFrame(f *runtime.Frames) (runtime.Frame, bool) {
	frame, more := f.Next()
	frame.Function = AuthorsName(strings.Replace(frame.Function, wire.Module+"/vsync.", "sync.", 1))
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

// ownFrames drops the explorer's frames, a function and its position each.
func ownFrames(text string) string {
	var out strings.Builder
	lines := strings.SplitAfter(text, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		if strings.Contains(lines[i], wire.Module+"/") {
			continue
		}
		out.WriteString(AuthorsName(lines[i]))
		out.WriteString(strings.TrimSuffix(lines[i+1], "\n") + "\n")
	}
	return out.String()
}
