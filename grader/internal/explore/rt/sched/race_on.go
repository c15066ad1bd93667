//go:build race

package sched

import (
	"runtime"
	"unsafe"
)

// RaceOn reports whether the race detector watches.
const RaceOn = true

// Off hides the synchronisation that follows, on this goroutine, from the race
// detector, until On. It does not hide accesses to memory.
func Off() { runtime.RaceDisable() }

// On ends what Off began.
func On() { runtime.RaceEnable() }

// Acquire, Release and ReleaseMerge tell the race detector of a happens-before
// edge through p, as the runtime does for the primitives themselves.
func Acquire(p unsafe.Pointer)      { runtime.RaceAcquire(p) }
func Release(p unsafe.Pointer)      { runtime.RaceRelease(p) }
func ReleaseMerge(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }

// RaceRead and RaceWrite are accesses that the race detector is to see, such as
// those by which it finds a WaitGroup.Add that races with Wait.
func RaceRead(p unsafe.Pointer)  { runtime.RaceRead(p) }
func RaceWrite(p unsafe.Pointer) { runtime.RaceWrite(p) }

func raceErrors() int { return runtime.RaceErrors() }
