package explored

import "math"

// What the formats of this package say of a report, for those that lay it out themselves.
// All of it is safe to print, on one line each.

// Outcome says in one line how a test ended.
func Outcome(t Test) string { return outcome(bounded(t)) }

// Totals counts a report's tests by how they ended.
func Totals(r Report) string { return totals(bounded(r)) }

// Notes are what a reader has to know to trust a verdict.
func Notes(t Test) (texts []string) {
	for _, n := range notes(bounded(t)) {
		texts = append(texts, sentence(n))
	}
	return texts
}

// NotExplored says which functions of a package are not looked at; empty if there are none.
func NotExplored(p Package) string {
	if len(p.NotExplored) == 0 {
		return ""
	}
	return notExplored(p)
}

// Sentence turns a message into a line that is safe to print.
func Sentence(message string) string { return sentence(message) }

// Command is how a reader runs a schedule of a test again.
func (a Again) Command(p Package, test, schedule string) string {
	return a.replay(p, bounded(test), bounded(schedule))
}

// Play is the command that plays a test in a terminal.
func (a Again) Play(p Package, test string) string { return a.play(bounded(p), bounded(test)) }

// Besides says which leak was found beside a finding.
func (l Left) Besides() string { return sentence(besides(bounded(l))) }

// Spot is a place as it is shown; nil of none.
func (p *Place) Spot() *Spot {
	if p == nil {
		return nil
	}
	at := spot(p.File, p.Line, bounded(p.Source))
	return &at
}

// Proven reports whether every schedule of a test that differs from the others was run, and
// passes.
func (t Test) Proven() bool {
	return t.Verdict == Pass && !t.Drawn && (t.Different > 0 || t.Only)
}

// Clearest is the finding of a report that is best understood: one that says what goes
// wrong before a race alone, few goroutines that wait before many, and of those alike the
// shortest picture. nil if nothing was found.
func Clearest(r Report) (pkg *Package, test *Test) {
	best := math.MaxInt
	for i, p := range r.Packages {
		for j, t := range p.Tests {
			if !t.Verdict.Found() {
				continue
			}
			if n := unclear(t); n < best {
				best, pkg, test = n, &r.Packages[i], &p.Tests[j]
			}
		}
	}
	return pkg, test
}

// unclear is how hard a finding is to understand.
func unclear(t Test) int {
	pic, ok := drawnFrom(staged(bounded(t)), maxScene)
	if !ok {
		return math.MaxInt - 1
	}
	n := len(pic.rows) + 5*len(pic.lanes)
	if t.Verdict == Race && t.Story == "" || len(t.Waiting) > maxListed {
		n += 1000
	}
	return n
}
