package treereport_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	treereport "heisenkata/exercises/06-deadlocks/02-tree-report"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// An index has the sizes of files by path. It says what a Tree with these files must
// report.
type index map[string]int64

// someFiles returns up to most files, in up to dirs directories. No path names both a file
// and a directory.
func someFiles(r *rand.Rand, most, dirs int) index {
	in := []string{""}
	for range r.IntN(dirs + 1) {
		in = append(in, in[r.IntN(len(in))]+dirNames[r.IntN(len(dirNames))]+"/")
	}
	files := index{}
	for i := range 1 + r.IntN(most) {
		files[fmt.Sprintf("%sv%d%s", in[r.IntN(len(in))], i, []string{"", ".zip", "/x"}[r.IntN(3)])] = someSize(r)
	}
	return files
}

// Some names of directories are parts of others, and some sort differently with a slash.
var dirNames = []string{"app", "app-old", "app.d", "ap", "App", "-", "größe", "total", "2026"}

func someSize(r *rand.Rand) int64 {
	if r.IntN(5) == 0 {
		return 0
	}
	return int64(life.Size(r, 1<<50))
}

// parents returns the paths of all directories that a file is in or below.
func parents(file string) (dirs []string) {
	for at := strings.LastIndex(file, "/"); at >= 0; at = strings.LastIndex(file, "/") {
		file = file[:at]
		dirs = append(dirs, file)
	}
	return append(dirs, ".")
}

// directories returns the sizes of all directories.
func (files index) directories() index {
	sizes := index{".": 0}
	for file, size := range files {
		for _, dir := range parents(file) {
			sizes[dir] += size
		}
	}
	return sizes
}

func (files index) report() string {
	sizes := files.directories()
	var text strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(sizes)) {
		fmt.Fprintf(&text, "%d\t%s\n", sizes[dir], dir)
	}
	return text.String()
}

// size is what Size returns for a path.
func (files index) size(path string) int64 {
	return cmp.Or(files[path], files.directories()[path])
}

// with returns the files that Put leaves.
func (files index) with(path string, size int64) index {
	more := maps.Clone(files)
	more[path] = size
	return more
}

// without returns the files that Remove leaves.
func (files index) without(path string) index {
	left := index{}
	for file, size := range files {
		if file != path && !slices.Contains(parents(file), path) {
			left[file] = size
		}
	}
	return left
}

// tree returns a Tree with these files.
func (files index) tree() *treereport.Tree {
	tree := treereport.New()
	for _, file := range slices.Sorted(maps.Keys(files)) {
		tree.Put(file, files[file])
	}
	return tree
}

// A writer is a function that a report is written to.
type writer func(text []byte) (int, error)

func (w writer) Write(text []byte) (int, error) { return w(text) }

// A crew is the goroutines of a test.
type crew struct {
	t    *testing.T
	busy atomic.Int64
	done chan struct{} // receives one message from each
}

func newCrew(t *testing.T) *crew { return &crew{t: t, done: make(chan struct{}, 100)} }

// start starts a call on a goroutine of its own, and lets it run until it has returned
// or waits for another one.
func (c *crew) start(call string, fn func()) (returned *atomic.Bool) {
	returned = new(atomic.Bool)
	c.busy.Add(1)
	go func() {
		fn()
		returned.Store(true)
		c.done <- struct{}{}
	}()
	assert.True(c.t, oracle.AllBlocked(), "%s has begun while a report is being written. A call that has to wait blocks, but here a goroutine keeps running: it spins or polls", call)
	return returned
}

// wait waits until all calls have returned.
func (c *crew) wait() {
	for ; c.busy.Load() > 0; c.busy.Add(-1) {
		<-c.done
	}
}

// A page is a report that is being written.
type page struct {
	strings.Builder
	held     atomic.Bool   // its writer has begun to take its time
	goOn     chan struct{} // closed when its writer may go on
	returned *atomic.Bool
}

// report starts a report. Its writer takes its time over one of the writes: at is its
// number, from 1; without one it is quick.
func (c *crew) report(tree *treereport.Tree, at int) *page {
	p := &page{goOn: make(chan struct{})}
	w := writer(func(text []byte) (int, error) {
		if at--; at == 0 {
			p.held.Store(true)
			<-p.goOn
		}
		return p.Write(text)
	})
	p.returned = c.start("Report", func() { assert.NoError(c.t, tree.Report(w)) })
	return p
}
