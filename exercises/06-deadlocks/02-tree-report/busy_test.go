package treereport_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	treereport "heisenkata/exercises/06-deadlocks/02-tree-report"
	"heisenkata/exercises/internal/oracle"
)

// While reports are written, files grow and shrink all the time.
func TestReportsDuringConstantChange(t *testing.T) {
	random := oracle.Random(t)
	dirs := 20 + random.IntN(30)
	if oracle.Large(t) {
		dirs = oracle.Beyond(300, 10_000)
	}
	tree, last := treereport.New(), ""
	for i := range dirs {
		tree.Put(fmt.Sprintf("%d/v", i), int64(i))
		last = max(last, fmt.Sprint(i))
	}
	var over atomic.Bool
	var group sync.WaitGroup
	oracle.Within(t, func() {
		c := newCrew(t)
		first := c.report(tree, 1)
		c.start("Put", func() {
			tree.Put("0/v", 7)
			tree.Put(last+"/v", 1_000_000)
		})
		close(first.goOn)
		c.wait()
		addsUp(t, first.String(), dirs)
		group.Go(func() {
			for n := 0; !over.Load(); n++ {
				tree.Put(fmt.Sprintf("%d/v", n*7%dirs), int64(n))
			}
		})
		for range 5 {
			if !addsUp(t, reported(t, tree), dirs) {
				break
			}
		}
		over.Store(true)
		group.Wait()
	}, stuck)
}

// addsUp checks a report of a root and of so many directories in it.
func addsUp(t *testing.T, report string, dirs int) bool {
	lines := strings.Split(report, "\n")
	assert.Equal(t, dirs+2, len(lines), "%d directories and the root, and a newline after each", dirs)
	total, sum := int64(0), int64(0)
	for i, line := range lines {
		var size int64
		_, _ = fmt.Sscan(line, &size) // the last line is empty
		if i == 0 {
			total = size
		}
		sum += size
	}
	return assert.Equal(t, total, sum-total, "files grow and shrink while a report is written. The sum of all its directories should be the size of the root")
}

// Many goroutines add, look up and remove files at the same time, each its own.
func TestManyCallersAtOnce(t *testing.T) {
	const callers, rounds = 4, 20
	tree := treereport.New()
	oracle.Within(t, func() {
		oracle.Together(callers, func(i int) {
			dir := fmt.Sprint("app/", i)
			for k := range int64(rounds) {
				tree.Put(dir+"/v1", k)
				tree.Put(dir+"/v2", 1000)
				assert.Equal(t, 1000+k, tree.Size(dir), "the size of a directory that no other goroutine changes")
				tree.Remove(dir + "/v2")
				assert.Equal(t, k, tree.Size(dir), "the size of a directory that no other goroutine changes")
			}
		})
	}, "several goroutines call Put, Size and Remove, and a call does not return")
	assert.Equal(t, int64(callers*(rounds-1)), tree.Size("."))
}

// A large directory is removed while others ask for its size: it is there or it is not.
func TestLargeDirectoryIsRemoved(t *testing.T) {
	files := 100
	if oracle.Large(t) {
		files = oracle.Beyond(2500, 10_000)
	}
	tree := treereport.New()
	for i := range files {
		tree.Put(fmt.Sprint("app/v", i), 1)
	}
	oracle.Within(t, func() {
		var removed atomic.Bool
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for !removed.Load() {
					if !assert.Contains(t, []int64{0, int64(files)}, tree.Size("app"), "a directory of %d files of one byte each is being removed", files) {
						return
					}
				}
			})
		}
		tree.Remove("app")
		removed.Store(true)
		group.Wait()
	}, "a directory is removed while others ask for its size, and a call does not return")
	assert.Zero(t, tree.Size("."))
}
