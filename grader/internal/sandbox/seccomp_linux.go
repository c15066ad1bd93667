//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The seccomp filter is a list of what is refused, not of what is allowed: the
// Go runtime, the race detector's and the C library's change what they call from
// version to version, and none of them needs any of this. A library that
// assembles such filters lets calls of a foreign ABI (int 0x80) pass by, which
// a list of refusals cannot afford; hence the few instructions here.

// refusal refuses one system call, or only some uses of it.
type refusal struct {
	call  uint32
	errno uint32
	when  []condition // any of them; none: always
}

// condition looks at half of an argument. The lower half is all that there is of
// an int.
type condition struct {
	arg    uint32
	upper  bool
	mask   uint32 // only these bits are compared
	not    bool   // matches if none of the values does
	values []uint32
}

const everyBit = ^uint32(0)

// filterFor builds the filter for a process whose number is pid. With spawn it
// may start processes, and signal them.
func filterFor(spawn bool, pid int) []unix.SockFilter {
	var list []refusal
	for _, call := range forbidden {
		list = append(list, refusal{call: call, errno: uint32(unix.EPERM)})
	}
	list = append(list, refusal{unix.SYS_IOCTL, uint32(unix.EPERM), []condition{{arg: 1, mask: everyBit, values: []uint32{unix.TIOCSTI, unix.TIOCLINUX}}}})
	if !spawn {
		list = append(list, alone(uint32(pid))...)
	}
	return assemble(list)
}

// alone is what a process may not do that has no others: start them, signal
// them, or change any but itself.
func alone(pid uint32) (list []refusal) {
	for _, call := range ofOthers {
		list = append(list, refusal{call: call, errno: uint32(unix.EPERM)})
	}
	others := condition{arg: 0, mask: everyBit, not: true, values: []uint32{0, pid}}
	change := []condition{{arg: 2, mask: everyBit, not: true, values: []uint32{0}}, {arg: 2, upper: true, mask: everyBit, not: true, values: []uint32{0}}}
	executable := condition{arg: 2, mask: unix.PROT_EXEC, values: []uint32{unix.PROT_EXEC}}
	both := uint32(unix.PROT_EXEC | unix.PROT_WRITE)
	return append(list,
		refusal{unix.SYS_CLONE, uint32(unix.EPERM), []condition{{arg: 0, mask: unix.CLONE_THREAD, values: []uint32{0}}}},
		refusal{call: unix.SYS_CLONE3, errno: uint32(unix.ENOSYS)}, // its flags lie in memory; the C library falls back to clone
		refusal{unix.SYS_KILL, uint32(unix.EPERM), []condition{{arg: 0, mask: everyBit, not: true, values: []uint32{pid}}, {arg: 1, mask: everyBit, values: []uint32{uint32(unix.SIGKILL), uint32(unix.SIGSTOP)}}}},
		refusal{unix.SYS_TGKILL, uint32(unix.EPERM), []condition{{arg: 0, mask: everyBit, not: true, values: []uint32{pid}}, {arg: 2, mask: everyBit, values: []uint32{uint32(unix.SIGKILL), uint32(unix.SIGSTOP)}}}},
		refusal{unix.SYS_PRLIMIT64, uint32(unix.EPERM), append(change, others)},
		refusal{unix.SYS_MPROTECT, uint32(unix.EPERM), []condition{executable}}, // code is loaded, never made or changed
		refusal{unix.SYS_PKEY_MPROTECT, uint32(unix.EPERM), []condition{executable}},
		refusal{unix.SYS_MMAP, uint32(unix.EPERM), []condition{{arg: 2, mask: both, values: []uint32{both}}}},
	)
}

// forbidden is refused to every process: the network, other processes' memory, the
// machine's settings, and what would outlive the process.
var forbidden = append([]uint32{
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, // a second way to all calls
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE, unix.SYS_KCMP,
	unix.SYS_PIDFD_GETFD,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSCONFIG, unix.SYS_FSPICK, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_MOUNT_SETATTR,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FANOTIFY_INIT, unix.SYS_QUOTACTL, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_LOOKUP_DCOOKIE,
	unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_REBOOT,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_SYSLOG,
	unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_SETREUID, unix.SYS_SETREGID, unix.SYS_SETRESUID, unix.SYS_SETRESGID, unix.SYS_SETGROUPS, unix.SYS_SETFSUID, unix.SYS_SETFSGID,
	unix.SYS_CAPSET, unix.SYS_PERSONALITY, unix.SYS_VHANGUP,
	unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN, // they stay when the process is gone
}, forbiddenHere...)

// ofOthers is refused to a process that has no others. Its memory belongs into
// its own limits, so no memory files; and where it runs and how is the
// grader's to say: on one processor most races do not show.
var ofOthers = append([]uint32{
	unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_SEND_SIGNAL,
	unix.SYS_SETSID, unix.SYS_SETPGID, unix.SYS_SETRLIMIT, unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET,
	unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR, unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET,
	unix.SYS_TRUNCATE, // by name; early versions of Landlock do not see it
	unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES, unix.SYS_MBIND, unix.SYS_SET_MEMPOLICY,
}, ofOthersHere...)

// Where a filter finds what it looks at: struct seccomp_data.
const (
	atCall = 0
	atArch = 4
	atArgs = 16
)

// The instructions that are needed, of classic BPF.
const (
	load      = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	and       = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	equal     = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	atLeast   = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	answer    = unix.BPF_RET | unix.BPF_K
	answerNo  = unix.SECCOMP_RET_ERRNO
	answerYes = unix.SECCOMP_RET_ALLOW
)

// assemble makes a program of refusals. A call of another ABI ends the process.
func assemble(list []refusal) []unix.SockFilter {
	p := []unix.SockFilter{
		{Code: load, K: atArch},
		{Code: equal, K: thisABI, Jt: 1},
		{Code: answer, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: atCall},
		{Code: atLeast, K: foreignCalls, Jf: 1},
		{Code: answer, K: answerNo | uint32(unix.ENOSYS)},
	}
	for _, r := range list {
		p = append(p, r.code()...)
	}
	return append(p, unix.SockFilter{Code: answer, K: answerYes})
}

// code is the instructions for one refusal. They begin and end with the number
// of the call at hand.
func (r refusal) code() (p []unix.SockFilter) {
	no := unix.SockFilter{Code: answer, K: answerNo | r.errno}
	if r.when == nil {
		return []unix.SockFilter{{Code: equal, K: r.call, Jf: 1}, no}
	}
	for _, c := range r.when {
		p = append(p, c.code(no)...)
	}
	p = append(p, unix.SockFilter{Code: load, K: atCall})
	return append([]unix.SockFilter{{Code: equal, K: r.call, Jf: uint8(len(p))}}, p...)
}

// code answers no if the condition holds, and goes on behind itself if not.
func (c condition) code(no unix.SockFilter) []unix.SockFilter {
	at := atArgs + 8*c.arg
	if c.upper {
		at += 4 // on processors that keep the lower half first, as both here do
	}
	p := []unix.SockFilter{{Code: load, K: at}, {Code: and, K: c.mask}}
	for i, v := range c.values {
		left := len(c.values) - 1 - i // comparisons that follow
		match := left                 // to the refusal
		if c.not {
			match = left + 1 // past it
		}
		test := unix.SockFilter{Code: equal, K: v, Jt: uint8(match)}
		if left == 0 && !c.not {
			test.Jf = 1
		}
		p = append(p, test)
	}
	return append(p, no)
}

// installFilter puts this thread, and what it becomes, under the filter.
func installFilter(p []unix.SockFilter) error {
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(p)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}

// seccompAvailable asks the kernel whether a filter can refuse with an error.
func seccompAvailable() bool {
	action := uint32(unix.SECCOMP_RET_ERRNO)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return errno == 0
}
