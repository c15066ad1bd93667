package diagnose

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

const loopsSource = `package y

func Empty() {
	for {
	}
}

func (c *C) Hit() {
	for {
		for c.busy {
			wait()
		}
		c.mu.Lock()
	}
}

func wait() {
	x++
}

func Waits(ch chan int) {
	for range ch {
		go func() {
			<-ch
		}()
	}
}
`

func loopsSourceOf(t *testing.T) Source {
	t.Helper()
	return Source{
		Exercise: kata.Exercise{ID: "y", Dir: "exercises/00-x/00-y", Files: []string{"y.go"}},
		Files:    map[string][]byte{"y.go": []byte(loopsSource), "y_test.go": []byte(loopsTest)},
	}
}

// dumped is a goroutine as a dump has it; the frames are functions and lines of
// y.go, the innermost first.
func dumped(id int, state string, frames ...any) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d gp=0xc000009a40 m=nil [%s]:\n", id, state)
	for i := 0; i < len(frames); i += 2 {
		fmt.Fprintf(&b, "heisenkata/exercises/00-x/00-y.%s(...)\n\theisenkata/exercises/00-x/00-y/y.go:%d +0x8 fp=0x1 sp=0x2 pc=0x3\n", frames[i], frames[i+1])
	}
	return b.String() + "created by sync.(*WaitGroup).Go in goroutine 20\n\tsync/waitgroup.go:238 +0x73\n\n"
}

const loopsTest = `package y_test

func TestX(t *testing.T) {
	go y.Empty()
}
`

// inTest is a goroutine that is in the test only.
func inTest(id int, state string, line int) string {
	return fmt.Sprintf("goroutine %d gp=0x1 m=nil [%s]:\nheisenkata/exercises/00-x/00-y_test.TestX(0x1)\n\theisenkata/exercises/00-x/00-y/y_test.go:%d +0x1\n\n", id, state, line)
}

// In a build with the race detector the thread that runs is mostly in code of the
// detector's, of which no dump tells who has called it.
const (
	inTheDetector = "goroutine 5 gp=0xc000009a40 m=0 mp=0xa38d20 [running]:\nracecall()\n\truntime/race_amd64.s:455 +0x23 fp=0x7ffce41abf78 sp=0x7ffce41abf70 pc=0x4cb1c3\ncreated by sync.(*WaitGroup).Go in goroutine 21\n\tsync/waitgroup.go:238 +0x73\n\n"
	elsewhere     = "goroutine 6 gp=0xc000009a41 m=4 mp=0xa38d21 [running]:\n\tgoroutine running on other thread; stack unavailable\ncreated by sync.(*WaitGroup).Go in goroutine 21\n\tsync/waitgroup.go:238 +0x73\n\n"
	collector     = "goroutine 7 gp=0xc000009a42 m=nil [runnable]:\nruntime.gopark(0x0?)\n\truntime/proc.go:462 +0xce\ncreated by runtime.gcBgMarkStartWorkers in goroutine 1\n\truntime/mgc.go:1373 +0x105\n\n"
	thread        = "goroutine 0 gp=0x81e4a0 m=0 mp=0x81f480 [idle]:\nruntime.futex(0x1)\n\truntime/sys_linux_amd64.s:557 +0x21\n\n"
)

// What a goroutine does that runs is an endless loop, and no deadlock, whichever
// waits beside it.
func TestTimeoutOrDeadlock(t *testing.T) {
	src := loopsSourceOf(t)
	blocked := dumped(9, "sync.Mutex.Lock", "(*C).Hit", 13)
	for name, c := range map[string]struct {
		dump    string
		verdict evidence.Verdict
		summary string
		loops   []int
	}{
		"all wait":                       {thread + blocked + collector, evidence.Deadlock, "deadlock: every goroutine is blocked, and none can wake another", nil},
		"one runs in a loop":             {dumped(8, "running", "(*C).Hit", 10) + blocked, evidence.Timeout, "it did not end in time: it loops at y.go:10", []int{10, 9}},
		"one could run":                  {blocked + dumped(8, "runnable", "(*C).Hit", 13), evidence.Timeout, "it did not end in time: it loops at y.go:9", []int{9}},
		"one runs in a call from a loop": {dumped(8, "running", "wait", 18, "(*C).Hit", 11), evidence.Timeout, "it did not end in time: it loops at y.go:10", []int{10, 9}},
		"one sleeps in a loop":           {blocked + dumped(8, "sleep", "(*C).Hit", 11), evidence.Timeout, "an endless loop at y.go:10", []int{10, 9}},
		"the compiler forgot the line":   {dumped(8, "running", "Empty", 1), evidence.Timeout, "it did not end in time: it loops at y.go:4", []int{4}},
		"all that it called is nothing":  {dumped(8, "running", "(*C).Hit", 1), evidence.Timeout, "it did not end in time: it loops at y.go:9", []int{9}},
		"one runs outside of loops":      {dumped(8, "running", "wait", 18), evidence.Timeout, "it did not end in time: it was still running at y.go:18", nil},
		"one runs in a literal":          {dumped(8, "running", "Waits.func1", 24), evidence.Timeout, "it did not end in time: it was still running at y.go:24", nil},
		"one is in the race detector":    {inTheDetector + blocked, evidence.Timeout, "a loop does not end", nil},
		"one runs on another thread":     {thread + elsewhere + blocked, evidence.Timeout, "a loop does not end", nil},
		"the one in a loop is preferred": {inTheDetector + dumped(8, "runnable", "Empty", 4), evidence.Timeout, "it did not end in time: it loops at y.go:4", []int{4}},
		"the compiler forgot the call":   {inTest(8, "running", 5), evidence.Timeout, "it did not end in time: it loops at y.go:4", []int{4}},
		"one runs in the test":           {inTest(8, "running", 4), evidence.Timeout, "it did not end in time: it was still running at y_test.go:4", nil},
		"no dump":                        {"", evidence.Timeout, "it did not end in time", nil},
	} {
		o := Classify(src, Ending{Test: "TestX", Race: true, TimedOut: true, CPU: 4200 * time.Millisecond, Output: "SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n" + c.dump})
		assert.Equal(t, c.verdict, o.Verdict, name)
		require.NotNil(t, o.Finding, name)
		assert.Equal(t, c.summary, o.Finding.Summary, name)
		var loops []int
		for _, l := range o.Loops {
			loops = append(loops, l.Line)
		}
		assert.Equal(t, c.loops, loops, name)
		assert.Contains(t, o.Finding.Replay, "-timeout=20s", name)
		for _, p := range o.Finding.Places {
			assert.NotEmpty(t, p.File, name)
			assert.Positive(t, p.Line, name)
			assert.NotEmpty(t, p.Code, name)
			assert.NotEmpty(t, p.Role, name)
		}
		if len(c.loops) > 0 {
			assert.Equal(t, c.loops[0], o.Finding.Places[0].Line, name)
		}
	}
}

func TestSameLoop(t *testing.T) {
	at := func(lines ...int) (places []evidence.Place) {
		for _, l := range lines {
			places = append(places, evidence.Place{File: "y.go", Line: l, Role: fmt.Sprint(l)})
		}
		return places
	}
	assert.True(t, SameLoop(at(3, 9), at(12, 9)))
	assert.False(t, SameLoop(at(3, 9), at(12)))
	assert.False(t, SameLoop(at(3), []evidence.Place{{File: "z.go", Line: 3}}))
	assert.False(t, SameLoop(nil, nil))
}

func TestLoopAt(t *testing.T) {
	for _, c := range []struct {
		lines []int
		want  int
	}{{[]int{11}, 10}, {[]int{11, 13}, 9}, {[]int{9}, 9}, {[]int{5}, 4}, {[]int{18}, 0}, {[]int{24}, 0}, {[]int{11, 23}, 0}, {nil, 0}} {
		line, ok := LoopAt([]byte(loopsSource), c.lines...)
		assert.Equal(t, c.want, line, c.lines)
		assert.Equal(t, c.want > 0, ok, c.lines)
	}
	_, ok := LoopAt([]byte("no source"), 1)
	assert.False(t, ok)
}
