package page

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

const (
	maxFiles  = 4       // of a finding
	maxWhole  = 90      // lines of a file that is shown whole
	maxLines  = 160     // of an excerpt
	around    = 4       // lines shown around one that ran
	maxColumn = 200     // characters of a line
	maxSource = 1 << 20 // bytes of a file that is read
)

// listing is a file as far as it is shown.
type listing struct {
	File  string
	Name  string
	Lines []sourceLine
}

type sourceLine struct {
	ID     string // by which steps name it
	Number int    // 0: lines are left out here
	Text   string
	Ran    bool
}

func lineID(file, line int) string { return fmt.Sprintf("%d:%d", file, line) }

func (l listing) has(at explored.Spot) bool {
	return at.File == l.File && slices.ContainsFunc(l.Lines, func(s sourceLine) bool { return s.Number == at.Line && at.Line > 0 })
}

// listings are the files of a scene, those that most of it is in first.
func listings(s explored.Scene, fails *explored.Spot, sources func(string) string) (files []listing) {
	used := map[string]map[int]string{} // file to its lines, with their text
	count := map[string]int{}
	use := func(at explored.Spot, weight int) {
		if at.File == "" || at.Line == 0 {
			return
		}
		if used[at.File] == nil {
			used[at.File] = map[int]string{}
		}
		count[at.File] += weight
		if used[at.File][at.Line] == "" {
			used[at.File][at.Line] = at.Source
		}
	}
	for _, m := range s.Moments {
		use(m.At, 1)
	}
	for _, w := range s.Waits {
		use(w.At, 1)
	}
	for _, l := range s.Lanes {
		use(l.Started, 0)
	}
	if fails != nil {
		use(*fails, 0)
	}
	for i, file := range byUse(count) {
		if i < maxFiles {
			files = append(files, list(i, file, used[file], sources))
		}
	}
	return files
}

// byUse sorts files: tests behind what they test, and then by how often each is in a scene.
func byUse(count map[string]int) (files []string) {
	for file := range count {
		files = append(files, file)
	}
	test := func(file string) int {
		if strings.HasSuffix(file, "_test.go") {
			return 1
		}
		return 0
	}
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(test(a)-test(b), count[b]-count[a], strings.Compare(a, b))
	})
	return files
}

// list lists a file: its text where that is known, or else the lines that ran.
func list(number int, file string, used map[int]string, sources func(string) string) listing {
	l := listing{File: file, Name: path.Base(file)}
	text := ""
	if sources != nil {
		text = sources(file)
	}
	lines := strings.Split(strings.ReplaceAll(harmless.Head(text, maxSource, ""), "\r\n", "\n"), "\n")
	for _, n := range shown(used, len(lines), text != "") {
		if previous := l.last(); n > previous+1 && (previous > 0 || text != "") {
			l.Lines = append(l.Lines, sourceLine{})
		}
		code, ran := used[n]
		if n <= len(lines) && text != "" {
			code = harmless.Limit{Lines: 1, Length: maxColumn}.Of(strings.TrimRight(lines[n-1], " \t"))
		}
		l.Lines = append(l.Lines, sourceLine{ID: lineID(number, n), Number: n, Text: code, Ran: ran})
	}
	return l
}

func (l listing) last() int {
	if len(l.Lines) == 0 {
		return 0
	}
	return l.Lines[len(l.Lines)-1].Number
}

// shown are the numbers of the lines to list.
func shown(used map[int]string, total int, known bool) (numbers []int) {
	margin := 0
	if known {
		margin = around
	}
	want := map[int]bool{}
	for n := range used {
		for k := n - margin; k <= n+margin; k++ {
			if k >= 1 && (k <= total || !known) {
				want[k] = true
			}
		}
	}
	if known && total <= maxWhole {
		for n := 1; n <= total; n++ {
			want[n] = true
		}
	}
	for n := range want {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers[:min(len(numbers), maxLines)]
}
