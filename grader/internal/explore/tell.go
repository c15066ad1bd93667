package explore

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/explore/instrument"
	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// told is an outcome in words and with positions.
func (s *Session) told(t *target, name string, o wire.Outcome) explored.Test {
	return s.narrator(t, o).told(name, o)
}

// narrator knows the names of an outcome's objects.
func (s *Session) narrator(t *target, o wire.Outcome) *narrator {
	n := &narrator{Session: s, target: t, lines: map[string][]string{}}
	n.nameObjects(o)
	return n
}

func (n *narrator) told(name string, o wire.Outcome) explored.Test {
	s := n.Session
	if o.Outlives {
		o.Kind, o.Finding, o.Trace = wire.Unexplorable, &wire.Finding{Kind: wire.Unexplorable, Text: outlived}, nil
	}
	test := explored.Test{
		Name: name, Verdict: explored.Verdict(o.Kind), Schedules: o.Schedules, Schedule: "", Varies: o.Varies, Doubts: o.Doubts, Cut: o.Cut, Least: o.Least, Draws: o.Drawn,
		Trace: []explored.Step{}, Seconds: time.Duration(o.Nanos).Seconds(),
	}
	if s.Schedule != "" {
		test.Replays, test.Same = o.Times, o.Same
	}
	if o.Kind == wire.Pass {
		test.Different, test.Drawn = o.Different, o.Drawn
		test.Only = o.Only
	}
	if o.Exhausted >= 0 && o.Kind == wire.Pass {
		test.Exhausted = &o.Exhausted
	}
	raced := 0
	for i, step := range untilFailure(o) {
		test.Trace = written(test.Trace, n.steps(step))
		if o.Finding != nil && i+1 == o.Finding.Raced {
			raced = len(test.Trace)
		}
	}
	if stall := stalled(o); stall > 0 && test.Verdict.Found() {
		test.Stall = span(stall)
	}
	if o.Number+1 < o.Schedules && test.Verdict.Found() {
		test.Number = o.Number + 1
	}
	if f := o.Finding; f != nil {
		f.Text = s.withoutRuntime(f.Text)
		if test.Verdict.Found() && o.Schedule != "" {
			test.Schedule = s.word(name, o.Schedule)
		}
		test.Loops, test.Exceeded = n.loops(f.Loops), f.Exceeded
		if !s.Strict { // otherwise the limit is far above what any right fix takes
			test.GivenUp = f.GivenUp
		}
		test.Waiting = n.allWaiting(waitingBeside(f))
		test.FailedAt, test.Beyond = n.failedAt(f), s.waitsBeyond(f)
		test.Detail = detail(f)
		test.Table = table(f)
		if f.Kind == wire.Race {
			test.Races = n.races(f.Stack)
			test.Trace = placed(test.Races, test.Trace, raced)
			n.story(&test, f.Other)
		}
		test.Summary = explored.Summarise(test, f.Text)
		if o.Kind == wire.Timing {
			aside := test
			aside.Verdict = explored.Verdict(f.Kind)
			test.Summary = explored.Summarise(aside, f.Text)
		}
	}
	test.Left = n.left(name, o.Left)
	if o.Kind == wire.Pass && o.Skipped != "" {
		test.Verdict, test.Summary = explored.Skipped, o.Skipped
		if s.Strict {
			test.Verdict, test.Summary = explored.Unexplorable, "the test skips itself: "+o.Skipped
		}
	}
	return test
}

// untilFailure is an outcome's trace without what ran after the test had failed: a test goes on
// after an assertion, and what it then reads explains nothing. A race must have happened before.
func untilFailure(o wire.Outcome) []wire.Step {
	f := o.Finding
	if f != nil && f.Kind == wire.Race && f.Other != nil && f.Raced > 0 && f.Raced <= f.Other.Failed {
		f = f.Other
	}
	if f == nil || f.Kind != wire.Wrong || f.Failed <= 0 || f.Failed > len(o.Trace) {
		return o.Trace
	}
	return o.Trace[:f.Failed]
}

// written adds steps to a trace. A mark that a call's result has been written has the value
// of the point before it, if there was one.
func written(trace, steps []explored.Step) []explored.Step {
	if len(steps) > 0 && steps[0].Plain && steps[0].Operation == instrument.Writes && len(trace) > 0 {
		last := trace[len(trace)-1]
		for i, s := range steps {
			if s.Value == "" && last.Operation == instrument.Writes && last.Goroutine == s.Goroutine && last.Object == s.Object && last.Line == s.Line {
				steps[i].Value = last.Value
			}
		}
	}
	return append(trace, steps...)
}

// stalled is by how much time was let pass in a schedule although goroutines could run. What
// is left after a test is left however long goroutines were busy, and two accesses that nothing
// orders are a race.
func stalled(o wire.Outcome) (sum time.Duration) {
	for _, s := range o.Trace {
		if !s.Busy || o.Kind != wire.Leak && o.Kind != wire.Race {
			sum += time.Duration(s.Slip)
		}
	}
	return sum
}

// span is a time for people, without the few nanoseconds by which two timers are kept apart.
func span(d time.Duration) string {
	if d >= time.Millisecond {
		d = d.Round(time.Microsecond)
	}
	return d.String()
}

// word names a schedule and what ran under it: a test, or those of its subtests that
// were asked for.
func (s *Session) word(test, schedule string) string {
	return strings.Join(append([]string{test}, s.Subs...), "/") + "@" + schedule
}

// left says what a test leaves behind in another schedule than the one shown.
func (n *narrator) left(name string, o *wire.Outcome) *explored.Left {
	if o == nil {
		return nil
	}
	leak := explored.Test{Name: name, Verdict: explored.Leak, Waiting: n.allWaiting(o.Finding.Waiting)}
	return &explored.Left{Summary: explored.Summarise(leak, o.Finding.Text), Schedule: n.word(name, o.Schedule)}
}

// story says what a race leads to in its schedule. What only a timeout that came
// too early has led to is left out, as it is where there is no race.
func (n *narrator) story(test *explored.Test, f *wire.Finding) {
	if f == nil || n.setAside(f) {
		return
	}
	test.Waiting = n.allWaiting(f.Waiting)
	wrong := explored.Test{Name: test.Name, Verdict: explored.Verdict(f.Kind), Waiting: test.Waiting, Trace: test.Trace}
	test.Story = explored.Summarise(wrong, f.Text)
	test.Table = table(f)
	test.Detail += "\n\n" + detail(f)
}

// setAside reports whether a finding beside a race is not shown.
func (n *narrator) setAside(f *wire.Finding) bool {
	return f.Doubt && !n.EarlyTimeouts || !explored.Verdict(f.Kind).Found()
}

// failedAt is the call in the test's own module by which it has failed: an
// assertion, or t.Error itself.
func (n *narrator) failedAt(f *wire.Finding) *explored.Place {
	if f.Kind == wire.Race && f.Other != nil {
		if f = f.Other; n.setAside(f) {
			return nil
		}
	}
	for _, call := range f.At {
		if n.ours(call.File) {
			return &explored.Place{File: n.relative(call.File), Line: call.Line, Source: n.source(call.File, call.Line)}
		}
	}
	return nil
}

// ours reports whether a file belongs to a main module.
func (n *narrator) ours(file string) bool {
	return slices.ContainsFunc(n.packages, func(p *listed) bool {
		return p.Module != nil && p.Module.Main && p.Dir != "" && filepath.Dir(file) == p.Dir
	})
}

// table is what a failed test shows below its message.
func table(f *wire.Finding) (table string) {
	if explored.Verdict(f.Kind) == explored.Wrong {
		_, table = explored.Tabled(f.Text)
	}
	return table
}

// withoutRuntime leaves out the lines of a message that name files of the explorer's own, or
// where Go begins a goroutine, as the list of calls does that a library of assertions makes.
func (s *Session) withoutRuntime(text string) string {
	lines := strings.SplitAfter(text, "\n")
	kept := slices.DeleteFunc(lines, func(line string) bool {
		line = strings.TrimSpace(line)
		return strings.HasPrefix(line, s.runtime+string(filepath.Separator)) || strings.Contains(line, "/src/runtime/asm_")
	})
	return strings.Join(kept, "")
}

// detail is a finding's evidence as it was printed. What testify prints begins with
// a line that is indented like all others.
func detail(f *wire.Finding) string {
	text := f.Text
	if _, rest, ok := strings.Cut(text, ": Error Trace:"); ok {
		text = "\tError Trace:" + rest
	}
	return strings.TrimRight(text+"\n\n"+f.Stack, "\n")
}

// maxReport is how much of the log is kept for each race of a tree, in bytes.
const maxReport = 1 << 15

// attachRace puts the detector's report of a race beside the finding, and beside those of a
// tree.
func (s *Session) attachRace(o *wire.Outcome, job wire.Job) {
	findings := []*wire.Finding{o.Finding}
	if o.Tree != nil {
		for _, r := range o.Tree.Runs {
			findings = append(findings, r.Finding)
		}
	}
	findings = slices.DeleteFunc(findings, func(f *wire.Finding) bool { return f == nil || f.Kind != wire.Race })
	if len(findings) == 0 {
		return
	}
	logs, _ := filepath.Glob(job.RaceLog + ".*") // the pattern is well-formed
	for _, name := range logs {
		text := string(run.ReadLeftover(filepath.Dir(name), filepath.Base(name), maxOutcome))
		for _, f := range findings {
			if int64(len(text)) > f.Offset && f.Offset >= 0 {
				f.Stack = text[f.Offset:]
				if f != o.Finding {
					f.Stack = f.Stack[:min(len(f.Stack), maxReport)]
				}
			}
		}
	}
}

// narrator gives the steps of one trace positions and names.
type narrator struct {
	*Session
	target *target
	lines  map[string][]string // of source files
	names  map[int]string      // of objects
}

type position struct {
	path string // as the sites have it
	file string // as people see it
	line int
	text string // the source line

	column int // of its first byte, from 1 on; 0 if it is not known
}

// at is where a step happened: the instrumenter's site, or the first frame that
// is not the standard library's.
func (n *narrator) at(site uint32, frames []wire.Frame) position {
	if site != 0 {
		at := n.sites.At(site)
		return position{at.File, n.relative(at.File), at.Line, n.source(at.File, at.Line), at.Column}
	}
	for _, f := range frames {
		if n.theirs(f.File) {
			return position{f.File, n.relative(f.File), f.Line, n.source(f.File, f.Line), 0}
		}
	}
	return position{}
}

// theirs reports whether a file belongs to the code under exploration.
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
		if text, err := n.read(file); err == nil {
			lines = strings.Split(string(text), "\n")
		}
		n.lines[file] = lines
	}
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}

// steps is an entry of a trace as a step, or, of a mark, as one for each object
// that it names.
func (n *narrator) steps(w wire.Step) []explored.Step {
	s := explored.Step{Goroutine: int(w.G), Operation: w.Op, Waited: w.Waited, Switch: w.Switch, Starts: int(w.Starts), Value: w.Value, Returned: w.Returned, Sent: w.Sent, Received: w.Received, Chosen: n.names[w.Chosen], Buffers: n.buffers(w.Buffers)}
	for _, g := range w.Wakes {
		s.Wakes = append(s.Wakes, int(g))
	}
	if w.Slip > 0 {
		s.Slip, s.Busy = span(time.Duration(w.Slip)), w.Busy
		for _, g := range w.Over {
			s.Over = append(s.Over, int(g))
		}
		return []explored.Step{s}
	}
	at := n.at(w.Site, w.Frames)
	s.File, s.Line, s.Column, s.Source = at.file, at.line, at.column, at.text
	s.Plain = w.Starts > 0
	site := n.sites.At(w.Site)
	if w.Op == wire.Mark {
		return marked(s, site, w.Values)
	}
	if w.Op == "memory" && site.Does != "" {
		s.Operation = site.Does
	}
	s.Object = n.object(w.Obj, w.Op, at, w.Site)
	if w.Op == "memory" {
		s.Value = cmp.Or(s.Value, w.Values[site.Object], site.Value)
	}
	if w.Waited {
		s.WaitedFor = s.Object
	}
	return []explored.Step{s}
}

// buffers are those of channels that have a name.
func (n *narrator) buffers(all []wire.Buffer) (known []explored.Buffer) {
	for _, b := range all {
		if name := n.names[b.Obj]; name != "" {
			known = append(known, explored.Buffer{Object: name, Length: b.Len, Capacity: b.Cap})
		}
	}
	return known
}

func marked(s explored.Step, site instrument.Site, values map[string]string) (steps []explored.Step) {
	s.Operation, s.Plain = site.Does, true
	for _, object := range site.Objects {
		s.Object, s.Value = object, values[object]
		steps = append(steps, s)
	}
	return steps
}

// allWaiting is what each of some goroutines waits for. Those that wait for a WaitGroup come
// last: they wait for goroutines that have ended, or for others of the list.
func (n *narrator) allWaiting(list []wire.Waiting) (all []explored.Waiting) {
	for _, w := range list {
		all = append(all, n.waiting(w))
	}
	slices.SortStableFunc(all, func(a, b explored.Waiting) int { return joins(a) - joins(b) })
	return all
}

// joins is 1 for a goroutine that waits for a WaitGroup.
func joins(w explored.Waiting) int {
	if w.Operation == "waitgroup wait" {
		return 1
	}
	return 0
}

func (n *narrator) waiting(w wire.Waiting) explored.Waiting {
	at := n.at(w.Site, w.Frames)
	object := cmp.Or(w.In, n.object(w.Obj, w.Op, at, w.Site))
	if w.Op == "select" {
		object = n.selectOn(at)
	}
	return explored.Waiting{Goroutine: int(w.G), Operation: endless(w, at), Object: object, File: at.file, Line: at.line, Column: at.column, Source: at.text, HeldBy: int(w.Holder)}
}

// endless names the operations that block whatever other goroutines do.
func endless(w wire.Waiting, at position) string {
	switch {
	case w.Op == "resume":
		return explored.Late
	case w.Obj == 0 && w.Op == "receive":
		return explored.NilReceive
	case w.Obj == 0 && w.Op == "send":
		return explored.NilSend
	case w.Op == "select" && strings.Contains(strings.Join(strings.Fields(at.text), ""), "select{}"):
		return explored.EmptySelect
	}
	return w.Op
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

// initialiser matches the call of an init function, or of what sets package variables, in a
// stack.
var initialiser = regexp.MustCompile(`(?m)^\S+\.init(?:\.\d+)?\(`)

// fatal is the line by which the runtime says that it ends a process, or "".
func fatal(out string) string {
	m := fatalLine.FindString(out)
	if m != "" && initialiser.MatchString(out) {
		m += " (in the initialisation of a package, before any test)"
	}
	return m
}
