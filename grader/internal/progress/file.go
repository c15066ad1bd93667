package progress

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// FileName is the file's name, at the root of the learner's checkout.
const FileName = ".heisenkata-progress"

// The file is a line for each exercise, in the order of their ids:
//
//	hit-counter 10/10 normal 3f2a90b1c4d5e6f7
//	batch-error 20/20 normal 90b1c4d5e6f73f2a latest 8/20 quick c4d5e6f73f2a90b1
//
// the points, the effort and the code of the best grade, and of the latest one
// where it is another. Version 1 had no effort, and the hash of the files' bytes.
const (
	version    = 2
	headerHead = "# heisenkata progress v"
	header     = "# heisenkata progress v2: the best grade of each exercise, its effort and its code; then the latest, if it differs"
	latestWord = "latest"
)

// ErrNewer says that a file is of a later version than this grader knows.
var ErrNewer = errors.New(FileName + " was written by a newer grader; update this one to read it")

// Load reads the progress kept at root. Without a file there is none yet. damaged
// holds the numbers of the lines that cannot be read, those of a merge conflict
// among them; all others count, and of two for one exercise the better one.
func Load(root string) (p Progress, damaged []int, err error) {
	text, err := read(filepath.Join(root, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return Progress{}, nil, nil
	}
	if err != nil {
		return Progress{}, nil, fmt.Errorf("reading your progress: %w", err)
	}
	return Parse(string(text))
}

// most bounds the file, in bytes: a line for each of thousands of exercises.
const most = 1 << 20

// errNoFile says that what has the file's name cannot be what a grader wrote.
var errNoFile = fmt.Errorf("%s is not a regular file of at most %d bytes, as a grader writes it; remove it, and grade again", FileName, most)

// read reads the file, if it is one: a checkout can hold a pipe, a device or a link
// to one under that name, and a read that never ends.
func read(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return nil, errors.Join(errNoFile, err) // another one came in its place
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(text) > most {
		err = errNoFile
	}
	return text, err
}

// Parse reads the text of a file.
func Parse(text string) (p Progress, damaged []int, err error) {
	p = Progress{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case tooNew(line):
			return Progress{}, nil, ErrNewer
		case line == "" || strings.HasPrefix(line, "#"):
		case !p.read(line):
			damaged = append(damaged, i+1)
		}
	}
	return p, damaged, nil
}

func tooNew(line string) bool {
	rest, ok := strings.CutPrefix(line, headerHead)
	number, _, _ := strings.Cut(rest, ":")
	v, err := strconv.Atoi(number)
	return ok && err == nil && v > version
}

// read reads one line, if it is one.
func (p Progress) read(line string) bool {
	words := strings.Fields(line)
	if len(words) == 3 { // version 1
		words = []string{words[0], words[1], Unknown, words[2]}
	}
	if len(words) != 4 && (len(words) != 8 || words[4] != latestWord) {
		return false
	}
	best, ok := readGrade(words[1:4])
	entry := First(best)
	if len(words) == 8 {
		var alsoOK bool
		entry.Latest, alsoOK = readGrade(words[5:8])
		ok = ok && alsoOK
	}
	if !ok {
		return false
	}
	if old, twice := p[words[0]]; !twice || old.Best.beatenBy(entry.Best) {
		p[words[0]] = entry
	}
	return true
}

var codePattern = regexp.MustCompile(`^([0-9a-f]+|` + Unknown + `)$`)

// readGrade reads points of points, an effort and a code.
func readGrade(words []string) (g Grade, ok bool) {
	points, most, slash := strings.Cut(words[0], "/")
	var errs [2]error
	g.Points, errs[0] = strconv.Atoi(points)
	g.MaxPoints, errs[1] = strconv.Atoi(most)
	g.Effort, g.Code = words[1], words[2]
	ok = slash && errors.Join(errs[:]...) == nil && 0 <= g.Points && g.Points <= g.MaxPoints
	return g, ok && (g.Effort == Unknown || slices.Contains(Efforts, g.Effort)) && codePattern.MatchString(g.Code)
}

// String is the text of a file.
func (p Progress) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, id := range slices.Sorted(maps.Keys(p)) {
		e := p[id]
		fmt.Fprintf(&b, "%s %s", id, e.Best)
		if e.Latest != e.Best {
			fmt.Fprintf(&b, " %s %s", latestWord, e.Latest)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// String is a grade as the file holds it.
func (g Grade) String() string {
	return fmt.Sprintf("%d/%d %s %s", g.Points, g.MaxPoints, word(g.Effort), word(g.Code))
}

// word keeps a field from being empty.
func word(s string) string {
	if s == "" {
		return Unknown
	}
	return s
}

// Save writes the progress to root, all of it or nothing.
func (p Progress) Save(root string) error {
	tmp, err := os.CreateTemp(root, FileName+"-*")
	if err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already if all went well
	_, err = tmp.WriteString(p.String())
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(root, FileName))
	}
	if err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	return nil
}
