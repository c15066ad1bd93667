package sched

import "heisenkata/grader/internal/explore/rt/wire"

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
	OpIdle // wait until nobody else can go on
	OpSlip // let time pass
	OpTest // subtests and their order
	OpMark // an access between two points
)

var opNames = [...]string{
	OpStart: "start", OpSpawn: "go", OpSend: "send", OpRecv: "receive", OpClose: "close", OpSelect: "select",
	OpResume: "resume", OpSleep: "sleep", OpTimer: "timer", OpMemory: "memory", OpYield: "loop",
	OpLock: "lock", OpUnlock: "unlock", OpRLock: "rlock", OpRUnlock: "runlock", OpTryLock: "trylock",
	OpAdd: "waitgroup add", OpWait: "waitgroup wait", OpCondWait: "cond wait", OpSignal: "signal", OpBroadcast: "broadcast",
	OpOnce: "once", OpMap: "map", OpPool: "pool", OpAtomic: "atomic", OpLoad: "atomic", OpChoose: "choose", OpCancel: "cancel",
	OpIdle: "idle", OpSlip: "time passes", OpTest: "subtest", OpMark: wire.Mark,
}

func (o Op) String() string { return opNames[o] }
