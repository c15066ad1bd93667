package sandbox

import "golang.org/x/sys/unix"

const (
	thisABI      = unix.AUDIT_ARCH_AARCH64
	foreignCalls = 0xFFFFFFFF // there are none
)

// The calls that only this processor has.
var (
	forbiddenHere []uint32
	ofOthersHere  []uint32
)
