// Package search decides which goroutine continues at each choice of a schedule.
// It knows goroutines by number and their operations by what conflicts with what;
// how they are held and released is package sched's.
package search

// Event is what a goroutine is about to do.
type Event struct {
	G     int32   // the goroutine's number, by start
	Name  uint64  // the same for the same goroutine in every schedule
	From  uint64  // the name of the goroutine that started it; 0 for the first
	Seq   int32   // how many steps it has taken
	Key   uint64  // the same for the same operation at the same place of the code
	Obj   uintptr // what it touches; 0 if that is unknown or nothing
	Reads bool    // it changes nothing
	Joins bool    // it adds to a WaitGroup, or waits for it

	// What only the reduction asks for.
	Kind    Kind          // how it touches its objects
	More    [Most]uintptr // what else it touches, as a select does
	Touched Touch         // what else it has touched, as far as it has run
}

// Most is how many channels of a select are distinguished.
const Most = 4

// Touch is what a step has used that all goroutines share.
type Touch uint8

// What a step may have used: it read the clock, set a timer, drew a random number.
const (
	Look Touch = 1 << iota
	Clock
	Random
)

// Objects that stand for what all goroutines share.
const (
	theClock  uintptr = 1
	theRandom uintptr = 2
)

// each hands out what an event touches, and how.
func (e Event) each(touch func(obj uintptr, kind Kind)) {
	if e.Obj != 0 {
		touch(e.Obj, e.Kind)
	}
	for _, obj := range e.More {
		if obj != 0 {
			touch(obj, e.Kind)
		}
	}
	switch {
	case e.Touched&Clock != 0:
		touch(theClock, Write)
	case e.Touched&Look != 0:
		touch(theClock, Read)
	}
	if e.Touched&Random != 0 {
		touch(theRandom, Write)
	}
}

// Depends reports whether the order of two events shows.
func (e Event) Depends(other Event) (depends bool) {
	if e.Kind == All || other.Kind == All {
		return true
	}
	e.each(func(obj uintptr, kind Kind) {
		other.each(func(o uintptr, k Kind) { depends = depends || obj == o && depend(kind, k) })
	})
	return depends
}

// Conflicts reports whether the order of two events matters to a search that samples.
func (e Event) Conflicts(other Event) bool {
	return e.Obj != 0 && e.Obj == other.Obj && e.G != other.G && !(e.Reads && other.Reads)
}

// View is one choice: the goroutines that can go on, and, with Slip, letting time
// pass.
type View struct {
	Events  []Event // the current goroutine's first, if it can go on
	Slip    bool
	Last    int32 // the goroutine that ran last, or -1
	Current bool  // Events[0] is its
	Yield   bool  // the last event is of a spinning goroutine that gives way
	Passed  bool  // time has passed since the last step
	Touched Touch // what the last step has used
	Took    int   // 1 + the operation that the last step's select took; -1 if none could go on

	// What only Tree is told.
	Raced  bool   // the race detector has reported something
	Stands uint64 // a sum of where each goroutine is
}

// Options is how many there are.
func (v View) Options() int {
	if v.Slip {
		return len(v.Events) + 1
	}
	return len(v.Events)
}

// Fair is the events without that of a spinning goroutine, unless it is the only one.
func (v View) Fair() []Event {
	if v.Yield && len(v.Events) > 1 {
		return v.Events[:len(v.Events)-1]
	}
	return v.Events
}

// Strategy chooses. Its methods see one schedule at a time.
type Strategy interface {
	// Begin prepares schedule number i; false if there are no more.
	Begin(i int) bool
	// Pick returns the index of one of the events, or their number to let time pass.
	Pick(v View) int
	// Choose returns a value in [0, n).
	Choose(n int) int
	// Ran is called for each event, chosen or the only one, before it runs, with its index
	// as Pick would return it.
	Ran(v View, k int)
	// End is called with the number of steps that the schedule took.
	End(steps int)
}

// deaf is a strategy that learns nothing from what runs.
type deaf struct{}

func (deaf) Ran(View, int) {}
func (deaf) End(int)       {}
