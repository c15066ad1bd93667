// Package held tells, for tests, whether a finding's picture holds what its
// summary names: each position, each goroutine and each object.
package held

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/explored"
)

var (
	position  = regexp.MustCompile(`[\w.-]+\.go:\d+`)
	goroutine = regexp.MustCompile(`\b(?:g\d+|the test)\b`)
	// caption names the files: the first one's lines have no letter.
	caption = regexp.MustCompile(`^ *What ran in (\S+\.go), from top to bottom(?: \((.*)\))?:$`)
	gutter  = regexp.MustCompile(`^ *(?:(\w+):)?(\d+) │`)
	// atEnd is the position in a goroutine's own last cell.
	atEnd = regexp.MustCompile(`│ +(?:(\w+):)?(\d+):(?: |$)`)
	// inHead is the position in a lane's title.
	inHead = regexp.MustCompile(`started at (\w*):(\d+)`)
	border = regexp.MustCompile(`[│◀▶]`)
	label  = regexp.MustCompile(`(?:│ +|^ *)(test|g\d+)(?: |$)`)
)

// Missing lists what a finding's summary names and its picture has not.
func Missing(t explored.Test, picture string) (missing []string) {
	p := read(picture)
	if t.Verdict == explored.Wrong || t.Verdict == explored.Panic {
		return nil // its words are the test's own, or the runtime's
	}
	for _, at := range position.FindAllString(t.Summary, -1) {
		if !p.positions[at] {
			missing = append(missing, at)
		}
	}
	for _, name := range goroutine.FindAllString(t.Summary, -1) {
		if name = strings.TrimPrefix(name, "the "); !p.lanes[name] {
			missing = append(missing, name)
		}
	}
	for _, object := range objects(t) {
		if !strings.Contains(unspaced(p.text), unspaced(object)) {
			missing = append(missing, object)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// unspaced is text as it is where a narrow column has broken nothing.
func unspaced(text string) string { return strings.ReplaceAll(text, " ", "") }

// objects are the names of objects in a summary, as whole words.
func objects(t explored.Test) (names []string) {
	add := func(name string) {
		if name != "" && regexp.MustCompile(`(?:^|[\s(])`+regexp.QuoteMeta(name)+`(?:$|[\s,;:)])`).MatchString(t.Summary) {
			names = append(names, name)
		}
	}
	for _, s := range t.Trace {
		add(s.Object)
	}
	for _, w := range t.Waiting {
		add(w.Object)
	}
	for _, r := range t.Races {
		add(r.Object)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// picture is what can be read off a picture.
type picture struct {
	positions, lanes map[string]bool
	text             string // all of it, without frames, in one line
}

func read(text string) picture {
	p := picture{positions: map[string]bool{}, lanes: map[string]bool{}}
	files := map[string]string{}
	var head string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if head == "" && strings.HasPrefix(strings.TrimSpace(line), "What ran in ") || head != "" && !strings.HasSuffix(head, ":") {
			head = strings.TrimSpace(head + " " + strings.TrimSpace(line))
			if m := caption.FindStringSubmatch(head); m != nil {
				files[""] = m[1]
				for _, f := range strings.Split(m[2], ", ") {
					if tag, file, ok := strings.Cut(f, ": "); ok {
						files[tag] = file
					}
				}
			}
			continue
		}
		p.line(line, files)
	}
	p.text = strings.Join(p.cells(text), " ")
	return p
}

func (p picture) line(line string, files map[string]string) {
	for _, m := range slices.Concat(gutter.FindAllStringSubmatch(line, -1), atEnd.FindAllStringSubmatch(line, -1), inHead.FindAllStringSubmatch(line, -1)) {
		p.positions[fmt.Sprintf("%s:%s", path.Base(files[m[1]]), m[2])] = true
	}
	for _, m := range label.FindAllStringSubmatch(line, -1) {
		p.lanes[m[1]] = true
	}
}

// cells joins what stands in each column, so that a note that is wrapped is found.
func (p picture) cells(text string) []string {
	var columns []string
	for line := range strings.Lines(text) {
		for i, cell := range border.Split(strings.TrimRight(line, "\n"), -1) {
			for len(columns) <= i {
				columns = append(columns, "")
			}
			columns[i] += " " + strings.TrimSpace(cell)
		}
	}
	return columns
}
