//go:build !race

package sched

import "unsafe"

// RaceOn reports whether the race detector watches.
const RaceOn = false

// Off and those below do nothing without the race detector.
func Off()                        {}
func On()                         {}
func Acquire(unsafe.Pointer)      {}
func Release(unsafe.Pointer)      {}
func ReleaseMerge(unsafe.Pointer) {}
func RaceRead(unsafe.Pointer)     {}
func RaceWrite(unsafe.Pointer)    {}

func raceErrors() int { return 0 }
