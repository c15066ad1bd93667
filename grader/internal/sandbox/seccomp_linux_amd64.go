package sandbox

import "golang.org/x/sys/unix"

const (
	thisABI      = unix.AUDIT_ARCH_X86_64
	foreignCalls = 0x40000000 // from here on, the x32 ABI's
)

// The calls that only this processor has.
var (
	forbiddenHere = []uint32{unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_CREATE_MODULE, unix.SYS_USELIB, unix.SYS_USTAT, unix.SYS_SYSFS, unix.SYS__SYSCTL}
	ofOthersHere  = []uint32{unix.SYS_FORK, unix.SYS_VFORK}
)
