package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// told is an outcome in words and with positions.
func (s *Session) told(t *target, name string, o wire.Outcome) explored.Test {
	n := &narrator{Session: s, target: t, lines: map[string][]string{}, names: map[int]string{}, taken: map[string]int{}}
	test := explored.Test{
		Name: name, Verdict: explored.Verdict(o.Kind), Schedules: o.Schedules, Schedule: "", Varies: o.Varies, Doubts: o.Doubts,
		Trace: []explored.Step{}, Seconds: time.Duration(o.Nanos).Seconds(),
	}
	if s.Schedule != "" {
		test.Replays, test.Same = o.Times, o.Same
	}
	if o.Exhausted >= 0 && o.Kind == wire.Pass {
		test.Exhausted = &o.Exhausted
	}
	for _, step := range o.Trace {
		test.Trace = append(test.Trace, n.step(step))
	}
	if f := o.Finding; f != nil {
		if test.Verdict.Found() && o.Schedule != "" {
			test.Schedule = name + "@" + o.Schedule
		}
		test.Loops = n.loops(f.Loops)
		for _, w := range waitingBeside(f) {
			test.Waiting = append(test.Waiting, n.waiting(w))
		}
		test.Detail = detail(f)
		if f.Kind == wire.Race {
			test.Races = n.races(f.Stack)
			n.story(&test, f.Other)
		}
		test.Summary = explored.Summarise(test, f.Text)
	}
	if o.Kind == wire.Pass && o.Skipped != "" {
		test.Verdict, test.Summary = explored.Unexplorable, "the test skips itself: "+o.Skipped
	}
	return test
}

// story says what a race leads to in its schedule. What only a timeout that came
// too early has led to is left out, as it is where there is no race.
func (n *narrator) story(test *explored.Test, f *wire.Finding) {
	if f == nil || f.Doubt && !n.EarlyTimeouts || !explored.Verdict(f.Kind).Found() {
		return
	}
	for _, w := range f.Waiting {
		test.Waiting = append(test.Waiting, n.waiting(w))
	}
	wrong := explored.Test{Verdict: explored.Verdict(f.Kind), Waiting: test.Waiting, Trace: test.Trace}
	test.Story = explored.Summarise(wrong, f.Text)
	test.Detail += "\n\n" + detail(f)
}

func detail(f *wire.Finding) string {
	if f.Stack == "" {
		return f.Text
	}
	return strings.TrimSpace(f.Text + "\n\n" + f.Stack)
}

// attachRace puts the detector's report of a race beside the finding.
func (s *Session) attachRace(o *wire.Outcome, job wire.Job) {
	if o.Finding == nil || o.Finding.Kind != wire.Race {
		return
	}
	logs, _ := filepath.Glob(job.RaceLog + ".*") // the pattern is well-formed
	for _, name := range logs {
		text := run.Left(filepath.Dir(name), filepath.Base(name), outcomeMost)
		if int64(len(text)) > o.Finding.Offset && o.Finding.Offset >= 0 {
			o.Finding.Stack = string(text[o.Finding.Offset:])
		}
	}
}

// narrator gives the steps of one trace positions and names.
type narrator struct {
	*Session
	target *target
	lines  map[string][]string // of source files
	names  map[int]string      // of objects
	taken  map[string]int      // names in use, by object
}

type position struct {
	file string
	line int
	text string // the source line
	name string // of the object there
}

// at is where a step happened: the instrumenter's site, or the first frame that
// is not the standard library's.
func (n *narrator) at(site uint32, frames []wire.Frame) position {
	if site != 0 {
		at := n.sites.At(site)
		return position{n.relative(at.File), at.Line, n.source(at.File, at.Line), at.Object}
	}
	for _, f := range frames {
		if n.theirs(f.File) {
			return position{n.relative(f.File), f.Line, n.source(f.File, f.Line), ""}
		}
	}
	return position{}
}

// theirs tells whether a file belongs to the code under exploration.
func (n *narrator) theirs(file string) bool {
	for _, p := range n.packages {
		if !p.Standard && p.Dir != "" && filepath.Dir(file) == p.Dir {
			return true
		}
	}
	return false
}

func (n *narrator) source(file string, line int) string {
	lines, ok := n.lines[file]
	if !ok {
		if text, err := os.ReadFile(file); err == nil {
			lines = strings.Split(string(text), "\n")
		}
		n.lines[file] = lines
	}
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}

// methodCall finds what an operation of a drop-in type is called on.
var methodCall = regexp.MustCompile(`([\w.\[\]]+)\.(?:Lock|Unlock|RLock|RUnlock|TryLock|TryRLock|Wait|Add|Done|Go|Signal|Broadcast|Do|Load|Store|Swap|CompareAndSwap|And|Or|Get|Put|LoadOrStore|LoadAndDelete|Delete|Range)\(`)

// object names what a step is on. An object keeps the name it was first seen
// under; another one with the same name gets a number.
func (n *narrator) object(obj int, at position) string {
	if name := n.names[obj]; obj != 0 && name != "" {
		return name
	}
	name := at.name
	if m := methodCall.FindAllStringSubmatch(at.text, -1); name == "" && len(m) == 1 {
		name = m[0][1]
	}
	if obj == 0 || name == "" {
		return name
	}
	if other, ok := n.taken[name]; ok && other != obj {
		name += " (" + strconv.Itoa(obj) + ")"
	}
	n.taken[name], n.names[obj] = obj, name
	return name
}

func (n *narrator) step(w wire.Step) explored.Step {
	s := explored.Step{Goroutine: int(w.G), Operation: w.Op, Waited: w.Waited, Switch: w.Switch}
	if w.Slip > 0 {
		s.Slip = time.Duration(w.Slip).String()
		return s
	}
	at := n.at(w.Site, w.Frames)
	s.File, s.Line, s.Source = at.file, at.line, at.text
	s.Object = n.object(w.Obj, at)
	if w.Waited {
		s.WaitedFor = s.Object
	}
	return s
}

func (n *narrator) waiting(w wire.Waiting) explored.Waiting {
	at := n.at(w.Site, w.Frames)
	return explored.Waiting{Goroutine: int(w.G), Operation: w.Op, Object: n.object(w.Obj, at), File: at.file, Line: at.line, Source: at.text, HeldBy: int(w.Holder)}
}

// laneFrame is the function below which a goroutine runs.
var laneFrame = regexp.MustCompile(`/sched\.lane(\d+)\(\)$`)

// races are the two sides of a race.
func (n *narrator) races(log string) (sides []explored.Access) {
	for _, a := range diagnose.Accesses(log) {
		side := explored.Access{Operation: a.Kind, Goroutine: a.Goroutine}
		for _, f := range a.Frames {
			if m := laneFrame.FindStringSubmatch(f.Function); m != nil {
				g, _ := strconv.Atoi(m[1]) // the pattern has digits only
				side.Goroutine = explored.Name(g)
			}
			if side.File == "" && n.theirs(f.File) {
				side.File, side.Line, side.Source, side.Function = n.relative(f.File), f.Line, n.source(f.File, f.Line), f.Function
				side.Object = n.sites.Object(f.File, f.Line)
			}
		}
		sides = append(sides, side)
	}
	return sides
}

// relative is a path as seen from where the caller is, if it is below.
func (s *Session) relative(name string) string {
	for from, to := range s.copies {
		if rest, ok := strings.CutPrefix(name, to+string(filepath.Separator)); ok {
			name = filepath.Join(from, rest)
		}
	}
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(dir, name); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(name)
}

var fatalLine = regexp.MustCompile(`(?m)^(fatal error: .*|panic: .*|runtime: goroutine stack exceeds.*|SIG[A-Z]+: .*)$`)

// fatal is the line by which the runtime says that it ends a process, or "".
func fatal(out string) string {
	if m := fatalLine.FindString(out); m != "" {
		return fmt.Sprint(m)
	}
	return ""
}
