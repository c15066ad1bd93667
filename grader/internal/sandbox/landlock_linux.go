package sandbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Landlock is how an unprivileged Linux process gives up access to files. Its
// ABI grows with the kernel; what a kernel does not know cannot be asked of it.
// https://docs.kernel.org/userspace-api/landlock.html
//
// The library for it restricts all threads of a running program, with the help
// of cgo. Here one thread asks, and then becomes another program.

const (
	readFile = unix.LANDLOCK_ACCESS_FS_READ_FILE
	readAll  = readFile | unix.LANDLOCK_ACCESS_FS_READ_DIR
	runFile  = readFile | unix.LANDLOCK_ACCESS_FS_EXECUTE
	runAll   = readAll | unix.LANDLOCK_ACCESS_FS_EXECUTE

	writeFile = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	writeAll  = readAll | writeFile |
		unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REFER

	ofFiles = runFile | writeFile | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV // the rights that a file can have; the others are folders'
)

// LandlockABI is the version that the kernel offers, or 0.
func LandlockABI() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// handled is every access that a version of Landlock can take away.
func handled(abi int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{Access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1}
	if abi >= 2 {
		a.Access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		a.Access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		a.Access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 5 {
		a.Access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if abi >= 6 {
		a.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	return a
}

// always is what every program needs: to be loaded, with its libraries, and
// what the runtimes of Go and of the race detector look at as they start.
var always = []struct {
	path   string
	access uint64
}{
	{"/lib", readAll}, {"/lib64", readAll}, {"/lib32", readAll}, {"/usr/lib", readAll}, {"/usr/lib64", readAll}, {"/usr/local/lib", readAll}, {"/nix/store", readAll},
	{"/etc/ld.so.cache", readFile}, {"/etc/ld.so.preload", readFile},
	{"/etc/localtime", readFile}, {"/usr/share/zoneinfo", readAll},
	{"/proc/self/environ", readFile}, {"/proc/self/maps", readFile},
	{"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", readFile},
	{"/dev/null", readFile | writeFile}, {"/dev/urandom", readFile}, {"/dev/random", readFile}, {"/dev/zero", readFile},
}

// restrictFiles leaves this thread, and the program that it becomes, the files of
// the rules.
func restrictFiles(r Rules, program string, abi int) error {
	attr := handled(abi)
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	set := ruleset{fd: int(fd), handled: attr.Access_fs}
	defer unix.Close(set.fd)
	for _, a := range always {
		set.grant(a.path, a.access, true)
	}
	for _, path := range r.Read {
		set.grant(path, readAll, false)
	}
	for _, path := range r.Run {
		set.grant(path, runAll, false)
	}
	if loader := loaderOf(program); loader != "" {
		set.grant(loader, runFile, false)
	}
	for _, path := range r.Write {
		set.grant(path, writeAll, false)
	}
	if set.err != nil {
		return set.err
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	return nil
}

// ruleset gathers what is granted, and the first error.
type ruleset struct {
	fd      int
	handled uint64
	err     error
}

// grant allows access to a file, or to a folder with all below it. What need not
// exist is passed over where it does not.
func (s *ruleset) grant(path string, access uint64, optional bool) {
	if s.err != nil {
		return
	}
	err := s.add(path, access)
	if err != nil && !(optional && errors.Is(err, os.ErrNotExist)) {
		s.err = fmt.Errorf("landlock: %s: %w", path, err)
	}
}

func (s *ruleset) add(path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	if info.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= ofFiles
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: access & s.handled, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(s.fd), 1, uintptr(unsafe.Pointer(&attr)), 0, 0, 0) // 1: LANDLOCK_RULE_PATH_BENEATH
	if errno != 0 {
		return errno
	}
	return nil
}

// loaderOf is the program that loads a dynamically linked program, or "". The
// kernel executes it first. It reads of an ELF file just what the kernel does; the
// package for it imports too much to be initialised in every test process.
func loaderOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "" // the execution will tell
	}
	defer f.Close()
	header := make([]byte, 64)
	if _, err := io.ReadFull(f, header); err != nil || string(header[:4]) != "\x7fELF" || header[4] != 2 { // 2: of 64 bits
		return "" // a script
	}
	order := binary.NativeEndian
	size := int64(order.Uint16(header[54:]))
	for i := range int64(order.Uint16(header[56:])) {
		segment := make([]byte, 56)
		if _, err := f.ReadAt(segment, int64(order.Uint64(header[32:]))+i*size); err != nil {
			return ""
		}
		if order.Uint32(segment) == 3 { // PT_INTERP
			name := make([]byte, min(order.Uint64(segment[32:]), 4096))
			if _, err := f.ReadAt(name, int64(order.Uint64(segment[8:]))); err != nil {
				return ""
			}
			return string(bytes.TrimRight(name, "\x00"))
		}
	}
	return ""
}
