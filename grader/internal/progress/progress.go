// Package progress keeps what a learner has reached: a small text file, made to
// be committed, keyed by exercise id. It is for orientation and no proof of
// anything; a grade is always computed anew.
package progress

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FileName is the file's name, at the root of the learner's checkout.
const FileName = ".heisenkata-progress"

const header = "# heisenkata progress v1: exercise, points of possible points, hash of the files graded"

// Entry is the last grade of one exercise.
type Entry struct {
	Points, MaxPoints int
	Hash              string // of the files that were graded
}

// Done tells whether all points were earned.
func (e Entry) Done() bool { return e.MaxPoints > 0 && e.Points == e.MaxPoints }

// Progress holds the last grade of each exercise, by id.
type Progress map[string]Entry

// Load reads the progress kept at root. Without a file there is none yet; lines
// that say nothing are passed over.
func Load(root string) (Progress, error) {
	p := Progress{}
	f, err := os.Open(filepath.Join(root, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("reading your progress: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var id, hash string
		var e Entry
		if _, err := fmt.Sscanf(lines.Text(), "%s %d/%d %s", &id, &e.Points, &e.MaxPoints, &hash); err == nil {
			e.Hash = hash
			p[id] = e
		}
	}
	if err := lines.Err(); err != nil {
		return p, fmt.Errorf("reading your progress: %w", err)
	}
	return p, nil
}

// Save writes the progress to root, all of it or nothing.
func (p Progress) Save(root string) error {
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, id := range slices.Sorted(maps.Keys(p)) {
		fmt.Fprintf(&b, "%s %d/%d %s\n", id, p[id].Points, p[id].MaxPoints, p[id].Hash)
	}
	tmp, err := os.CreateTemp(root, FileName+"-*")
	if err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already if all went well
	_, err = tmp.WriteString(b.String())
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(root, FileName))
	}
	if err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	return nil
}
