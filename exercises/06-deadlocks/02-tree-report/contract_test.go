package treereport_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	treereport "heisenkata/exercises/06-deadlocks/02-tree-report"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// The files and the directories of the contract's trees, until they are renamed.
var (
	fileNames = [...]string{"v1", "app/v1", "app/v2", "lib/old/v1"}
	pathNames = append([]string{".", "app", "lib", "lib/old", "ap", "lib/ol"}, fileNames[:]...)
	plain     = slices.Clone(pathNames)
)

// rename gives the files and directories odd names in every other test. They still have the
// same relations.
func rename(r *rand.Rand) {
	if r.IntN(2) == 0 {
		return
	}
	odd := func() string { return strings.NewReplacer("/", "", "\r", "", "\n", "").Replace(life.Word(r)) }
	renamed := strings.NewReplacer("ap", odd()+"ap", "li", odd()+"li", "v", odd()+"v", "ol", odd()+"ol")
	for i, name := range plain {
		pathNames[i] = renamed.Replace(name)
	}
	copy(fileNames[:], pathNames[len(plain)-len(fileNames):])
}

// A state has the size of each file, or absent.
type state [len(fileNames)]int64

const absent = -1

// files returns the state as an index.
func (now state) files() index {
	files := index{}
	for i, size := range now {
		if size != absent {
			files[fileNames[i]] = size
		}
	}
	return files
}

// without returns the state that Remove leaves.
func (now state) without(path string) state {
	left := now.files().without(path)
	for i, file := range fileNames {
		if _, ok := left[file]; !ok {
			now[i] = absent
		}
	}
	return now
}

type (
	tree    = *treereport.Tree
	call    = contract.Call[tree, state]
	outcome = contract.Outcome[state]
	step    = contract.Step[state]
	draw    = contract.Draw[tree, state]
)

// What the methods of a Tree promise: each call takes effect at one moment.
var everything = contract.Contract[tree, state]{
	Names:  rename,
	Blocks: true,
	New:    newTree,
	Calls:  []draw{puts, puts, removes, sizesUp, reports, reports},
	Busy:   []draw{puts, puts, puts, removes},
	Last:   []draw{reportsAll},
}

// What only reads waits for nothing, even if a writer takes its time.
var readers = contract.Contract[tree, state]{
	Blocks: true,
	New:    newTree,
	Calls:  []draw{sizesUp, reports},
	Last:   []draw{reportsAll},
}

// newTree returns a tree with some files.
func newTree(r *rand.Rand) (tree, state) {
	now := state{absent, absent, absent, absent}
	for i := range now {
		if r.IntN(2) == 0 {
			now[i] = someSize(r)
		}
	}
	return now.files().tree(), now
}

func puts(r *rand.Rand) call {
	i, size := r.IntN(len(fileNames)), someSize(r)
	if r.IntN(4) == 0 {
		size = r.Int64N(1 << 60)
	}
	return call{
		Name: fmt.Sprintf("Put(%q, %d)", fileNames[i], size),
		Do:   func(t tree, _ contract.Moments) any { t.Put(fileNames[i], size); return nil },
		Steps: []step{func(now state) []outcome {
			now[i] = size
			return []outcome{{After: now}}
		}},
	}
}

// somePath is in every other call that of a directory with several files.
func somePath(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return pathNames[r.IntN(2)]
	}
	return pathNames[r.IntN(len(pathNames))]
}

func removes(r *rand.Rand) call {
	path := somePath(r)
	return call{
		Name:  fmt.Sprintf("Remove(%q)", path),
		Do:    func(t tree, _ contract.Moments) any { t.Remove(path); return nil },
		Steps: []step{func(now state) []outcome { return []outcome{{After: now.without(path)}} }},
	}
}

func sizesUp(r *rand.Rand) call {
	path := somePath(r)
	return call{
		Name:  fmt.Sprintf("Size(%q)", path),
		Do:    func(t tree, _ contract.Moments) any { return t.Size(path) },
		Steps: []step{func(now state) []outcome { return []outcome{{Out: now.files().size(path), After: now}} }},
	}
}

// A report may take its time over one of its writes, and another one may fail.
func reports(r *rand.Rand) call {
	pauses, fails := 1+r.IntN(3), 0
	name := "Report"
	if r.IntN(4) == 0 {
		fails = 1 + r.IntN(3)
		name = fmt.Sprint("Report, which fails in write ", fails)
	}
	broken := life.Trouble(r, "the connection is closed")
	return call{
		Name: name,
		Slow: true,
		Do: func(t tree, m contract.Moments) any {
			return written(t, func(n int) error {
				if n == pauses {
					m.Pause()
				}
				if n == fails {
					return broken
				}
				return nil
			})
		},
		Steps: []step{func(now state) []outcome {
			lines := now.files().report()
			outcomes := []outcome{{Out: lines, After: now}, {Out: failed, After: now}}
			switch fails {
			case 0:
				return outcomes[:1]
			case 1:
				return outcomes[1:]
			}
			return outcomes // which of them depends on how many lines it writes at once
		}},
	}
}

func reportsAll(*rand.Rand) call {
	return call{
		Name:  "Report",
		Do:    func(t tree, _ contract.Moments) any { return written(t, func(int) error { return nil }) },
		Steps: []step{func(now state) []outcome { return []outcome{{Out: now.files().report(), After: now}} }},
	}
}

// failed is the outcome of a report whose writer has failed.
const failed = "the error of its writer"

// written returns what Report writes, or failed. Before each write, on is called with
// its number, from 1.
func written(t tree, on func(n int) error) string {
	var text strings.Builder
	n, broken, after := 0, error(nil), ""
	err := t.Report(writer(func(line []byte) (int, error) {
		if broken != nil {
			after = " and a write after the error"
		}
		n++
		if broken = on(n); broken != nil {
			return 0, broken
		}
		return text.Write(line)
	}))
	switch {
	case broken == nil && err == nil:
		return text.String()
	case broken != nil && errors.Is(err, broken) && after == "":
		return failed
	}
	return fmt.Sprintf("the error %v after %q%s, although its writer returned the error %v", err, text.String(), after, broken)
}

// One goroutine: what each call does.
func TestOneCallAfterTheOther(t *testing.T) {
	contract.Check(t, everything, contract.Shape{Before: 8})
	for _, size := range []int64{0, 1} { // all that is left of a directory
		tree := treereport.New()
		tree.Put("app/v1/a", 5)
		tree.Put("app/v1/b", size)
		tree.Remove("app/v1/a")
		var text strings.Builder
		assert.NoError(t, tree.Report(&text))
		assert.Equal(t, index{"app/v1/b": size}.report(), text.String(), "a directory is there as long as a file is in it or below it, whatever its size. Here a file of %d bytes is left", size)
	}
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, everything, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, everything, contract.Shape{Before: 1, Goroutines: 3, Calls: 3})
}

// One goroutine makes many changes, while another reads.
func TestScheduleOneAmongMany(t *testing.T) {
	contract.Check(t, everything, contract.Shape{Goroutines: 2, Calls: 1, Many: 30})
}

// A slow writer delays no Size and no other report.
func TestScheduleSlowWriter(t *testing.T) {
	contract.Check(t, readers, contract.Shape{Goroutines: 3, Calls: 2, Hold: true})
}

// Two trees have nothing to do with each other.
func TestTwoTrees(t *testing.T) {
	contract.Apart(t, everything)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				tree := treereport.New()
				for i := range 20 {
					tree.Put(fmt.Sprintf("%d/%x/%d", i%3, rand.Uint64(), i), 1) // a name that no tree has had
				}
				assert.Equal(t, int64(20), tree.Size("."), "two goroutines have made a tree each, and put 20 files with 1 byte each there")
			})
		}
		group.Wait()
	}, "two goroutines have a tree each, and a call does not return")
}
