package sched

import (
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// Op is the kind of operation that a goroutine is about to do at a point.
type Op uint8

// The operations.
const (
	OpStart Op = iota
	OpSpawn
	OpSend
	OpRecv
	OpClose
	OpSelect
	OpResume // go on after an operation that had to wait
	OpSleep
	OpTimer
	OpMemory
	OpYield
	OpLock
	OpUnlock
	OpRLock
	OpRUnlock
	OpTryLock
	OpAdd
	OpWait
	OpCondWait
	OpSignal
	OpBroadcast
	OpOnce
	OpMap
	OpPool
	OpAtomic
	OpLoad // of an atomic
	OpChoose
	OpCancel
	OpIdle // wait until no other goroutine can go on
	OpSlip // let time pass
	OpTest // subtests and their order
	OpMark // an access between two points
	OpLen  // look at the length of a channel
	OpErr  // ask a context for its error

	// Parts of operations above, which only the reduction tells apart.
	OpDone      // OpAdd, downwards
	OpWaited    // continues after an OpWait that had to wait
	OpWoken     // likewise after an OpCondWait
	OpAdmitted  // likewise after an OpLock
	OpRAdmitted // likewise after an OpRLock
)

// wholes are the operations that some are a part of.
var wholes = [...]Op{OpDone: OpAdd, OpWaited: OpWait, OpWoken: OpCondWait, OpAdmitted: OpLock, OpRAdmitted: OpRLock}

// whole is the operation as schedules and their sums know it.
//
//go:norace
func (o Op) whole() Op {
	if o >= OpDone {
		return wholes[o]
	}
	return o
}

var opNames = [...]string{
	OpStart: "start", OpSpawn: "go", OpSend: "send", OpRecv: "receive", OpClose: "close", OpSelect: "select",
	OpResume: "resume", OpSleep: "sleep", OpTimer: "timer", OpMemory: "memory", OpYield: "loop",
	OpLock: "lock", OpUnlock: "unlock", OpRLock: "rlock", OpRUnlock: "runlock", OpTryLock: "trylock",
	OpAdd: "waitgroup add", OpWait: "waitgroup wait", OpCondWait: "cond wait", OpSignal: "signal", OpBroadcast: "broadcast",
	OpOnce: "once", OpMap: "map", OpPool: "pool", OpAtomic: "atomic", OpLoad: "atomic", OpChoose: "choose", OpCancel: "cancel",
	OpIdle: "idle", OpSlip: "time passes", OpTest: "subtest", OpMark: wire.Mark,
	OpLen: "length", OpErr: "context",
}

// looks reports whether the operation reads what others change, and changes nothing.
//
//go:norace
func (o Op) looks() bool { return o == OpLoad || o == OpLen || o == OpErr }

func (o Op) String() string { return opNames[o.whole()] }

// kinds is how each operation touches its object. Those left out touch nothing that
// others see before their next point.
var kinds = [...]search.Kind{
	OpSend: search.Write, OpRecv: search.Write, OpClose: search.Write, OpSelect: search.Write,
	OpLock: search.Lock, OpUnlock: search.Unlock, OpRLock: search.RLock, OpRUnlock: search.RUnlock, OpTryLock: search.Write,
	OpAdd: search.Write, OpWait: search.Read, OpCondWait: search.Write, OpSignal: search.Write, OpBroadcast: search.Write,
	OpOnce: search.Write, OpMap: search.Write, OpPool: search.Write, OpAtomic: search.Write, OpLoad: search.Read,
	OpLen: search.Read, OpErr: search.Read, OpCancel: search.All, OpTest: search.All, OpRAdmitted: search.Free,
}
