package treereport_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	treereport "heisenkata/exercises/06-deadlocks/02-tree-report"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// stuck ends a test in which a report does not continue.
const stuck = "a report is being written, and has waited only for its writer so far. Then another goroutine calls Put or Remove, " +
	"and the writer returns. Now the report should be finished, and then all others, but nothing moves. " +
	"What does Report wait for, on which line, and what does Put or Remove wait for?"

// The report is written to a slow connection. A file is added meanwhile.
func TestPutDuringReport(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		small, large := someSize(random), 1+someSize(random)
		tree, c := index{"app/v1.zip": small}.tree(), newCrew(t)
		var page *page
		oracle.Within(t, func() {
			page = c.report(tree, 1)
			if put := c.start("Put", func() { tree.Put("app/v2.zip", large) }); put.Load() {
				assert.Equal(t, large, tree.Size("app/v2.zip"), "Put has returned, although a report is being written")
			}
			close(page.goOn)
			c.wait()
		}, stuck)
		assert.Equal(t, index{"app/v1.zip": small}.report(), page.String(),
			"a report was being written when app/v2.zip was added, %d bytes. All its lines show the tree at one moment, which came before", large)
		assert.Equal(t, small+large, tree.Size("app"), "both files are there now")
	}
}

// A directory is removed while a report that lists it is written.
func TestRemoveDuringReport(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		files := index{"app/v1.zip": someSize(random), "app/v2.zip": 1 + someSize(random), "lib/v1.zip": someSize(random)}
		tree, c := files.tree(), newCrew(t)
		var page *page
		oracle.Within(t, func() {
			page = c.report(tree, 1)
			c.start("Remove", func() { tree.Remove("app") })
			close(page.goOn)
			c.wait()
		}, stuck)
		assert.Equal(t, files.report(), page.String(),
			"a report was being written when app was removed. All its lines show the tree at one moment, which came before")
		assert.Equal(t, files.without("app").size("."), tree.Size("."), "app has been removed")
	}
}

// Many files are added and removed while a report of any tree is written. They have
// nothing in common, so their order makes no difference.
func TestManyChangesDuringReport(t *testing.T) {
	random := oracle.Random(t)
	for round := range 10 {
		files := someFiles(random, 20, 10).with("lib/v", someSize(random))
		tree, after, c := files.tree(), files, newCrew(t)
		at := 1
		if round > 0 {
			at += random.IntN(len(files.directories()))
		}
		var page *page
		oracle.Within(t, func() {
			page = c.report(tree, at)
			for i := range 1 + random.IntN(5) {
				path := fmt.Sprintf("new/v%d", i)
				if random.IntN(2) == 0 {
					path = anyOf(random, files)
					after = after.without(path)
					c.start("Remove", func() { tree.Remove(path) })
				} else {
					size := someSize(random)
					after = after.with(path, size)
					c.start("Put", func() { tree.Put(path, size) })
				}
			}
			close(page.goOn)
			c.wait()
		}, stuck)
		assert.Equal(t, files.report(), page.String(), "files were added and removed while a report was being written, and are in some of its lines")
		assert.Equal(t, after.report(), reported(t, tree), "files were added and removed while a report was being written. All these calls have returned")
	}
}

// Put and Remove wait for reports that have begun before them, and for no others. Here a
// report has one line: while that is written, it has all that it needs.
func TestChangeWaitsForNoLaterReport(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		files := index{"v1": someSize(random), "v2": someSize(random)}
		changed := files.with("v3", 1+someSize(random))
		testLaterReports(t, files, changed, func(tree *treereport.Tree) { tree.Put("v3", changed["v3"]) })
		changed = files.without("v2")
		testLaterReports(t, files, changed, func(tree *treereport.Tree) { tree.Remove("v2") })
	}
}

// Here a report has several lines.
func TestChangeWaitsForNoLaterLongReport(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		files := index{"app/v1": someSize(random), "app/old/v2": 1 + someSize(random), "lib/v3": someSize(random)}
		changed := files.without("app")
		testLaterReports(t, files, changed, func(tree *treereport.Tree) { tree.Remove("app") })
		changed = files.with("lib/v4", 1+someSize(random))
		testLaterReports(t, files, changed, func(tree *treereport.Tree) { tree.Put("lib/v4", changed["lib/v4"]) })
	}
}

// testLaterReports begins a report, a change and more reports, in this order. When
// the first report is written, the change must be made, although the others take their
// time.
func testLaterReports(t *testing.T, files, changed index, change func(*treereport.Tree)) {
	tree, c := files.tree(), newCrew(t)
	var first *page
	var later []*page
	oracle.Within(t, func() {
		first = c.report(tree, 1)
		made := c.start("Put or Remove", func() { change(tree) })
		c.start("Size", func() { assert.Contains(t, []int64{files.size("."), changed.size(".")}, tree.Size(".")) })
		for range 2 {
			page := c.report(tree, 1)
			assert.True(t, page.held.Load() || !made.Load(), "one report is being written, and a change has been made. Nothing changes the tree now, but another report waits")
			later = append(later, page)
		}
		close(first.goOn)
		assert.True(t, oracle.AllBlocked(), "all calls should have returned, or wait for a writer, but a goroutine keeps running")
		assert.True(t, made.Load() || !first.returned.Load(), "a Put or Remove has waited for a report, which is written now. "+
			"It still waits, for a report that began later. If reports keep coming, it waits forever")
		for _, page := range later {
			assert.True(t, page.held.Load(), "one report is written, and a change has been made. Nothing changes the tree now, but a report waits, for another one")
			close(page.goOn)
		}
		c.wait()
	}, stuck)
	assert.Equal(t, files.report(), first.String(), "this report was being written when the change began")
	for _, page := range later {
		assert.Contains(t, []string{files.report(), changed.report()}, page.String(), "this report began after a change had begun, so it has all of it or nothing")
	}
	assert.Equal(t, changed.report(), reported(t, tree), "the change has been made, and the reports are written")
}

// Several changes wait for a report. When one of them is made, the others still wait for
// no report that begins after that: each time all earlier ones are written, another change
// is made.
func TestChangesThatWaitTogether(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		files := index{"app/v0": someSize(random), "app/v1": someSize(random), "app/v2": someSize(random), "app/v3": someSize(random)}
		tree, c, waiting := files.tree(), newCrew(t), atomic.Int64{}
		oracle.Within(t, func() {
			first := []*page{c.report(tree, 1)}
			var later []*page
			for i := range 2 + random.IntN(3) {
				path, size := fmt.Sprintf("app/v%d", i), 1+someSize(random)
				name, change := "Put", func() { tree.Put(path, size) }
				if random.IntN(2) == 0 {
					name, change = "Remove", func() { tree.Remove(path) }
					files = files.without(path)
				} else {
					files = files.with(path, size)
				}
				waiting.Add(1)
				c.start(name, func() {
					change()
					waiting.Add(-1)
				})
				later = append(later, c.report(tree, 1))
			}
			c.write(first, &waiting)
			for waiting.Load() > 0 && !t.Failed() {
				latest := c.report(tree, 1)
				c.write(later, &waiting)
				later = []*page{latest}
			}
			c.write(later, &waiting)
			c.wait()
		}, stuck)
		assert.Equal(t, files.report(), reported(t, tree), "all changes have been made")
	}
}

// write lets the writers of some reports go on. If changes wait, it fails the test unless
// one of them is made then.
func (c *crew) write(pages []*page, waiting *atomic.Int64) {
	before := waiting.Load()
	for _, page := range pages {
		close(page.goOn)
	}
	assert.True(c.t, oracle.AllBlocked(), "all calls should have returned, or wait for a writer, but a goroutine keeps running")
	assert.True(c.t, before == 0 || waiting.Load() < before, "Put or Remove has waited for reports, which are written now (such calls: %d). "+
		"It still waits, for a report that began later. If reports keep coming, it waits forever", before)
}

// Any number of reports is written at the same time, and sizes are looked up meanwhile.
func TestReadersDoNotWait(t *testing.T) {
	random := oracle.Random(t)
	for _, n := range sizes(t, random) {
		files := someFiles(random, 5, 2)
		tree, meeting := files.tree(), oracle.NewMeeting(n+1)
		pages := make([]strings.Builder, n)
		oracle.Within(t, func() {
			var group sync.WaitGroup
			for i := range pages {
				w := writer(func(text []byte) (int, error) {
					meeting.Arrive()
					return pages[i].Write(text)
				})
				group.Go(func() { assert.NoError(t, tree.Report(w)) })
			}
			group.Go(func() {
				for dir, size := range files.directories() {
					assert.Equal(t, size, tree.Size(dir), "the size of %s", dir)
				}
				meeting.Arrive()
			})
			group.Wait()
		}, fmt.Sprintf("%d reports and some sizes are asked for at the same time, and nothing changes the tree. "+
			"None of them should wait for another one, but one does", n))
		for i := range pages {
			if !assert.Equal(t, files.report(), pages[i].String(), "one of %d reports that are written at the same time", n) {
				break
			}
		}
	}
}

// One report takes its time. Others begin and end meanwhile.
func TestSlowReportDelaysNoOther(t *testing.T) {
	random := oracle.Random(t)
	files := someFiles(random, 5, 2)
	tree, c := files.tree(), newCrew(t)
	var slow *page
	oracle.Within(t, func() {
		slow = c.report(tree, 1)
		for range 3 {
			quick := c.report(tree, 0)
			size := c.start("Size", func() { assert.Equal(t, files.size("."), tree.Size(".")) })
			assert.True(t, quick.returned.Load(), "a report waits, although its writer does not. Another report takes its time, and nothing changes the tree")
			assert.True(t, size.Load(), "a Size waits for a report that takes its time, although nothing changes the tree")
		}
		close(slow.goOn)
		c.wait()
	}, "reports are written and sizes are looked up, nothing changes the tree, and a call does not return")
	assert.Equal(t, files.report(), slow.String())
}

// sizes are some numbers of goroutines: few, and once many.
func sizes(t *testing.T, r *rand.Rand) []int {
	if oracle.Large(t) {
		return []int{2, 2 + r.IntN(100), oracle.Many()}
	}
	return []int{2, 2 + r.IntN(20)}
}

// A connection breaks while a report is written.
func TestErrorEndsReport(t *testing.T) {
	random := oracle.Random(t)
	for round := range 20 {
		files := someFiles(random, 5, 5)
		if round == 0 && oracle.Large(t) {
			files = wide(random)
		}
		tree, at := files.tree(), 1+random.IntN(min(len(files.directories()), 10))
		broken, calls, page := life.Trouble(random, "the connection is closed"), 0, strings.Builder{}
		w := writer(func(text []byte) (int, error) {
			if calls++; calls == at {
				return random.IntN(len(text) + 1), broken
			}
			return page.Write(text)
		})
		err := tree.Report(w)
		if calls < at {
			assert.NoError(t, err, "the connection would have broken in a later write")
			assert.Equal(t, files.report(), page.String())
		} else {
			oracle.AssertWraps(t, err, broken, fmt.Sprintf("the connection has broken in write %d of a report", at))
			assert.Equal(t, at, calls, "number of writes: the connection has broken in the last one")
			assert.True(t, strings.HasPrefix(files.report(), page.String()), "what was written before: %q", page.String())
		}
		oracle.Within(t, func() { tree.Put("late", 1) }, "a report has returned with an error, or without, and now Put waits. What for?")
		assert.Equal(t, int64(1), tree.Size("late"))
	}
}

// What the methods do if they are called one after the other, in trees of any size.
func TestOneCallerAndAnyTree(t *testing.T) {
	random := oracle.Random(t)
	trees, depths := []index{{}, someFiles(random, 1, 0), someFiles(random, 100, 20)}, []int{20 + random.IntN(20)}
	if oracle.Large(t) {
		for _, n := range life.Limits(10_000) {
			depths = append(depths, n+2)
		}
		testLongNames(t)
		trees = append(trees, someFiles(random, 2500, 3))
		large := wide(random)
		assert.True(t, large.report() == reported(t, large.tree()), "the report of a tree with more than ten thousand directories") // too long to print
	}
	for _, files := range trees {
		tree := files.tree()
		for i := range 4 {
			if !assert.Equal(t, files.report(), reported(t, tree), "the report of a tree of %d files", len(files)) {
				return
			}
			for _, path := range []string{anyOf(random, files), anyOf(random, files.directories()), "ap", "none", "v1"} {
				assert.Equal(t, files.size(path), tree.Size(path), "the size of %q, in a tree of %d files", path, len(files))
			}
			if i%2 == 0 {
				path := anyOf(random, files)
				files = files.with(path, someSize(random))
				tree.Put(path, files[path])
			} else {
				path := []string{anyOf(random, files), anyOf(random, files.directories()), "ap", "none"}[random.IntN(4)]
				files = files.without(path)
				tree.Remove(path)
			}
		}
	}
	testTwins(t, random)
	testFileInPlaceOfDirectory(t, random)
	for _, depth := range depths {
		testDeep(t, random, depth)
	}
}

// maxReport is how deep directories are in a report: each line has the whole path.
const maxReport = 1000

// testDeep changes a tree with directories that are so deep, and looks at all parts of it.
func testDeep(t *testing.T, r *rand.Rand, depth int) {
	t.Helper()
	if t.Failed() {
		return
	}
	deep := dirNames[r.IntN(len(dirNames))]
	for range depth - 1 {
		deep += "/" + dirNames[r.IntN(len(dirNames))]
	}
	above := parents(deep) // from the last but one to the root
	middle, top := above[len(above)/2], above[max(0, len(above)-2)]
	files := index{deep + "/v1": 1 + someSize(r), deep + "/v2": 1 + someSize(r), "lib/v1": someSize(r)}
	tree := files.tree()
	check := func(change string) {
		for _, path := range []string{deep + "/v1", deep + "/v2", deep, middle, top, "."} {
			if want, got := files.size(path), tree.Size(path); want != got {
				t.Errorf("%s: directories are %d deep. A path of %d names should have size %d, and has size %d", change, depth, 1+strings.Count(path, "/"), want, got)
			}
		}
		if depth <= maxReport && files.report() != reported(t, tree) {
			t.Errorf("%s: directories are %d deep, and the report is wrong", change, depth)
		}
	}
	check("a file has been added")
	files = files.with(deep+"/v1", 1+someSize(r))
	tree.Put(deep+"/v1", files[deep+"/v1"])
	check("a file has another size")
	files = files.without(deep + "/v2")
	tree.Remove(deep + "/v2")
	check("a file has been removed")
	for _, dir := range []string{deep, middle, top} {
		with := files
		files = files.without(dir)
		tree.Remove(dir)
		check(fmt.Sprintf("a directory %d deep has been removed", 1+strings.Count(dir, "/")))
		files = with
		for path, size := range with {
			tree.Put(path, size)
		}
		check("a directory has been removed and is there again")
	}
}

// testFileInPlaceOfDirectory puts a file where a directory was, and vice versa.
func testFileInPlaceOfDirectory(t *testing.T, r *rand.Rand) {
	tree, files := treereport.New(), index{}
	for range 40 {
		path := []string{"app", "app/old", "app/old/v1"}[r.IntN(3)]
		files = files.without(path)
		tree.Remove(path)
		for _, above := range parents(path)[:strings.Count(path, "/")] {
			if _, is := files[above]; is {
				files = files.without(above)
				tree.Remove(above)
			}
		}
		if r.IntN(3) > 0 {
			files = files.with(path, 1+someSize(r))
			tree.Put(path, files[path])
		}
		if !assert.Equal(t, files.report(), reported(t, tree), "where a file is, a directory was, or the other way round") {
			return
		}
		assert.Equal(t, files.size(path), tree.Size(path), "the size of %q", path)
	}
}

// testTwins replaces a directory by another one, whose name is easily taken for the same.
func testTwins(t *testing.T, r *rand.Rand) {
	twins := slices.DeleteFunc(life.Twins(r), func(name string) bool { return name == "" || strings.ContainsAny(name, "\n\x00") })
	r.Shuffle(len(twins), func(i, k int) { twins[i], twins[k] = twins[k], twins[i] })
	files := index{}
	for _, name := range twins {
		files[name+"/v"] = 1 + someSize(r)
	}
	assert.Equal(t, files.report(), reported(t, files.tree()), "names that are nearly the same")
	for _, name := range twins[:2] { // by any other
		for _, twin := range twins {
			one, other := index{name + "/v": 7}, index{twin + "/v": 7}
			tree := one.tree()
			if !assert.Equal(t, one.report(), reported(t, tree)) {
				return
			}
			tree.Remove(name)
			tree.Put(twin+"/v", 7)
			if !assert.Equal(t, other.report(), reported(t, tree), "since the last report, %.20q has been removed, and %.20q was added", name, twin) {
				return
			}
		}
	}
}

// testLongNames replaces directories with long names, which are nearly the same.
func testLongNames(t *testing.T) {
	twins := life.LongTwins(5000)
	for i, name := range twins {
		files := index{name + "/v": 7, twins[i^1] + "/v": 8}
		tree := files.tree()
		for range 2 {
			if report := reported(t, tree); report != files.report() {
				t.Errorf("two directories have names of %d bytes, or had. The report is %s and should be %s", len(name), life.Quoted(report), life.Quoted(files.report()))
				return
			}
			assert.Equal(t, files.size(name), tree.Size(name), "the size of %s", life.Quoted(name))
			files = files.without(name)
			tree.Remove(name)
		}
	}
}

// Between two reports a file changes often enough to bring any counter that is too small
// back to where it was.
func TestManyChangesBetweenReports(t *testing.T) {
	random := oracle.Random(t)
	changes := []int{1, 255, 256}
	if oracle.Large(t) {
		changes = oracle.Exactly()
	}
	files := index{"app/v1": someSize(random)}
	tree := files.tree()
	for _, n := range changes {
		assert.Equal(t, files.report(), reported(t, tree))
		for i := range n {
			files["app/v1"] = int64(i)
			tree.Put("app/v1", int64(i))
		}
		assert.Equal(t, files.report(), reported(t, tree), "the size of a file has changed %d times since the last report", n)
		assert.Equal(t, int64(n-1), tree.Size("app"), "the size of a file has changed %d times", n)
		tree.Put("app/v1", 1<<40)
		files["app/v1"] = 1 << 40
	}
}

// wide returns a few files in so many directories that no buffer has room for all lines.
func wide(r *rand.Rand) index {
	files := index{}
	for i := range 110 + r.IntN(20) {
		files[fmt.Sprint("app", i, strings.Repeat("/d", 100), "/v")] = someSize(r)
	}
	return files
}

// A writer may use another tree: trees have nothing in common.
func TestTreesAreIndependent(t *testing.T) {
	one, other := index{"app/v1": 1}, index{"lib/v1": 2}
	tree, another := one.tree(), other.tree()
	var page, pages strings.Builder
	oracle.Within(t, func() {
		assert.NoError(t, tree.Report(writer(func(text []byte) (int, error) {
			another.Put("lib/v2", 3)
			another.Remove("lib/v1")
			assert.Equal(t, int64(3), another.Size("."))
			assert.NoError(t, another.Report(&pages))
			return page.Write(text)
		})))
	}, "the writer of one tree's report uses another tree, and a call does not return. What do two trees share?")
	assert.Equal(t, one.report(), page.String())
	another = index{"v1": 2}.tree() // its report has one line
	c := newCrew(t)
	oracle.Within(t, func() {
		slow := c.report(another, 1)
		c.start("Put", func() { another.Put("v2", 3) })
		c.start("Report", func() {
			tree.Put("app/v2", 4)
			tree.Remove("app/v1")
			assert.Equal(t, "4\t.\n4\tapp\n", reported(t, tree))
			assert.Equal(t, int64(4), tree.Size("app"))
			close(slow.goOn)
		})
		c.wait()
	}, "a report of one tree takes its time, and a Put waits for it. Then another tree is used, and a call does not return. What do two trees share?")
	assert.True(t, strings.HasPrefix(pages.String(), index{"lib/v2": 3}.report()), "the report of the other tree: %q", pages.String())
}

// When a call has returned, nothing that it started is still running.
func TestNothingGoesOn(t *testing.T) {
	oracle.Bubble(t, func(t *testing.T) {
		here := oracle.WhoIsHere()
		tree := index{"app/v1": 1}.tree()
		tree.Put("app/v2", 2)
		tree.Remove("app/v1")
		assert.Equal(t, int64(2), tree.Size("app"))
		assert.Equal(t, "2\t.\n2\tapp\n", reported(t, tree))
		assert.Error(t, tree.Report(writer(func([]byte) (int, error) { return 0, io.ErrClosedPipe })))
		here.AssertNothingGoesOn(t, "All calls have returned.")
	})
}

// reported returns a report that nothing disturbs.
func reported(t *testing.T, tree *treereport.Tree) string {
	var text strings.Builder
	assert.NoError(t, tree.Report(&text))
	return text.String()
}

func anyOf(r *rand.Rand, files index) string {
	paths := []string{"none"}
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths[r.IntN(len(paths))]
}
