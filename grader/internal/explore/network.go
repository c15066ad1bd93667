package explore

import (
	_ "embed"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// For systems without a network, package net of js/wasm has one in memory, made of channels.
// Compiled into a test binary here, it makes connections that a bubble knows. So tests with
// servers can be explored: deadlines are of the bubble's clock, and a goroutine that
// waits for data waits for another goroutine.

// networkFile is what that package net gets in addition.
//
//go:embed network.go.txt
var networkFile string

// cards are files that stay as they are: net.Interfaces lists those of the machine.
var cards = []string{"interface_linux.go", "interface_stub.go"}

// networkChange changes a file of package net, wherever from stands. There must be such a place.
type networkChange struct{ file, from, to string }

// networkChanges: a listener at a wildcard address has that address, and gets what is sent to
// any address of this machine; what is closed can be neither closed nor written to; nothing
// written is nothing sent; a refused connection is ECONNREFUSED; a connection holds as much
// unread data as one does on Linux, and is closed when nothing refers to it; other machines
// are out of reach; a Unix socket has a file; options that only make a socket faster succeed;
// what the network in memory cannot do ends the schedule.
var networkChanges = []networkChange{
	{"net_fake.go", "lni, ok := sockets.Load(fa)", "lni, ok := heisenkataListener(fa, fd.raddr)"},
	{"net_fake.go", "fd.raddr = matchIPFamily(fd.family, raddr)", "raddr = heisenkataLocal(raddr)\n\tfd.raddr = matchIPFamily(fd.family, raddr)\n\theisenkataReach(fd.raddr)"},
	{"net_fake.go", "address: sa.String(),", "address: sa.Network() + sa.String(),"}, // TCP and UDP have ports of their own
	{"net_fake.go", "ffd.assignFakeAddr(matchIPFamily(fd.family, laddr))", "ffd.assignFakeAddr(heisenkataAny(fd, matchIPFamily(fd.family, laddr)))"},
	{"net_fake.go", "type fakeNetFD struct {", "type fakeNetFD struct {\n\theisenkataClosed atomic.Bool"},
	{"net_fake.go", "func (ffd *fakeNetFD) Close() (err error) {", "func (ffd *fakeNetFD) Close() (err error) {\n\tif !ffd.heisenkataClosed.CompareAndSwap(false, true) {\n\t\treturn errClosed\n\t}"},
	{"net_fake.go", "func (ffd *fakeNetFD) Write(p []byte) (nn int, err error) {", "func (ffd *fakeNetFD) Write(p []byte) (nn int, err error) {\n\tif ffd.heisenkataClosed.Load() {\n\t\treturn 0, errClosed\n\t}\n\tif len(p) == 0 && ffd.fd.sotype == syscall.SOCK_STREAM {\n\t\treturn 0, nil\n\t}"},
	{"net_fake.go", "if errors.Is(err, syscall.EADDRINUSE) {", "if _, ok := err.(*os.SyscallError); ok || errors.Is(err, syscall.EADDRINUSE) {"},
	{"net_fake.go", "const defaultBuffer = 65535", "const defaultBuffer = 1 << 20"},
	{"net_fake.go", "func (ffd *fakeNetFD) writeTo(p []byte, sa syscall.Sockaddr) (n int, err error) {", "func (ffd *fakeNetFD) writeTo(p []byte, sa syscall.Sockaddr) (n int, err error) {\n\tif ffd.heisenkataClosed.Load() {\n\t\treturn 0, errClosed\n\t}"},
	{"net_fake.go", `return os.NewSyscallError("setWriteBuffer", syscall.ENOTSUP)`, "return nil"},
	{"net_fake.go", "if raddr != nil && ctrlCtxFn != nil {", "if ctrlCtxFn != nil {"}, // there is no file descriptor to control
	{"net_fake.go", "if err := fakeListen(fd, laddr); err != nil {", "err := heisenkataBind(laddr)\n\t\tif err == nil {\n\t\t\terr = fakeListen(fd, laddr)\n\t\t}\n\t\tif err != nil {"},
	{"net_fake.go", "if i <= 0 {", "if i <= 0 {\n\t\t\t\treturn nil\n\t\t\t}\n\t\t\tif false {"}, // a name in the current folder
	{"net_fake.go", "syscall.ENOTSUP", "heisenkataUnknown(syscall.ENOTSUP)"},
	{"net_fake.go", "syscall.ENOSYS", "heisenkataUnknown(syscall.ENOSYS)"},
	{"tcpsock.go", "c := &TCPConn{conn{fd}}", "c := heisenkataForget(&TCPConn{conn{fd}}, fd)"},
	{"unixsock.go", "return &UnixConn{conn{fd}}", "return heisenkataForget(&UnixConn{conn{fd}}, fd)"},
	{"sockopt_fake.go", "syscall.ENOPROTOOPT", "heisenkataFine(syscall.ENOPROTOOPT)"},
	{"tcpsockopt_stub.go", "syscall.ENOPROTOOPT", "heisenkataFine(syscall.ENOPROTOOPT)"},
	{"sockoptip_stub.go", "syscall.ENOPROTOOPT", "heisenkataUnknown(syscall.ENOPROTOOPT)"},
	{"file_stub.go", "syscall.ENOPROTOOPT", "heisenkataUnknown(syscall.ENOPROTOOPT)"},
	{"rawconn.go", "func newRawConn(fd *netFD) *rawConn {", "func newRawConn(fd *netFD) *rawConn {\n\theisenkataUnknown(nil)"},
	{"rawconn.go", "func newRawListener(fd *netFD) *rawListener {", "func newRawListener(fd *netFD) *rawListener {\n\theisenkataUnknown(nil)"},
}

// network reports whether code under test, or a library, may use the network. If none does,
// there is no need to compile package net, and all that imports it, once more.
func (s *Session) network() bool {
	return runtime.GOOS == "linux" && !s.Own && slices.ContainsFunc(s.packages, (*listed).usesNetwork)
}

// overNetwork are packages whose importers are taken to use the network.
var overNetwork = []string{"net/http", "net/http/httptest", "net/rpc", "net/smtp"}

// networkCalls are what a package that imports net has if it does more than look at
// addresses and errors.
var networkCalls = regexp.MustCompile(`\.((Listen|Dial|Lookup|Resolve)[A-Za-z0-9]*|Resolver)\b`)

// usesNetwork leaves out testify, which imports net/http for assertions about handlers.
func (p *listed) usesNetwork() bool {
	if p.Standard || strings.HasSuffix(p.ImportPath, ".test") || p.Module != nil && p.Module.Path == "github.com/stretchr/testify" {
		return false
	}
	if slices.ContainsFunc(p.Imports, func(path string) bool { return slices.Contains(overNetwork, path) }) {
		return true
	}
	return slices.Contains(p.Imports, "net") && slices.ContainsFunc(slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles), func(name string) bool {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		return err == nil && networkCalls.Match(text)
	})
}

// putNetwork puts the network in memory in the place of the real one. A version of Go in
// which it looks different keeps the real one.
func (s *Session) putNetwork() error {
	real := s.byPath["net"]
	if real == nil || !s.network() {
		return nil
	}
	files, err := networkFiles(real)
	if err != nil || files == nil {
		return err
	}
	over, err := s.overNet()
	if err != nil {
		return err
	}
	for name, text := range files {
		over[filepath.Join(real.Dir, name)] = text
	}
	for name, text := range over {
		if text == "" {
			s.overlay[name] = ""
		} else if err := s.put(name, []byte(text)); err != nil {
			return err
		}
	}
	s.networked = true
	return nil
}

// overNet are the files of the standard library's packages above net in which a lock may
// be held while its holder waits for the network, with locks that a bubble knows.
func (s *Session) overNet() (files map[string]string, err error) {
	files = map[string]string{}
	for _, p := range s.packages {
		if !p.Standard || !slices.Contains(p.Imports, "net") {
			continue
		}
		for _, name := range p.GoFiles {
			name = filepath.Join(p.Dir, name)
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			if text := withLocks(string(text)); text != "" {
				files[name] = text
			}
		}
	}
	return files, nil
}

var realLock = regexp.MustCompile(`\bsync\.Mutex\b`)

// withLocks puts the network's own locks in the place of a file's real ones; "" if it has none.
func withLocks(text string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil || !realLock.MatchString(text) {
		return ""
	}
	name := int(f.Name.End() - f.FileStart)
	return text[:name] + `; import heisenkata "net"` + realLock.ReplaceAllString(text[name:], "heisenkata.HeisenkataMutex") + "\nvar _ sync.Mutex\n"
}

// compiledWith is what the go command prints before the errors of a package.
var compiledWith = regexp.MustCompile(`(?m)^# (\S+)$`)

// networkFails reports whether what does not compile is the network.
func (s *Session) networkFails(output string) bool {
	return s.networked && slices.ContainsFunc(compiledWith.FindAllStringSubmatch(output, -1), func(m []string) bool {
		p := s.byPath[m[1]]
		return p != nil && p.Standard
	})
}

// dropNetwork puts the real network back: this version of Go has changed too much.
func (s *Session) dropNetwork() {
	s.networked = false
	library := filepath.Dir(s.byPath["net"].Dir) + string(filepath.Separator)
	maps.DeleteFunc(s.overlay, func(name, _ string) bool { return strings.HasPrefix(name, library) })
}

// networkFiles are the files that make of a package net the one with the network in
// memory, by name; "" for one that is not compiled. It is nil if that cannot be done.
func networkFiles(real *listed) (files map[string]string, err error) {
	js := build.Default
	js.GOOS, js.GOARCH, js.CgoEnabled, js.BuildTags = "js", "wasm", false, nil
	entries, err := os.ReadDir(real.Dir)
	if err != nil {
		return nil, err
	}
	files = map[string]string{"heisenkata_network.go": networkFile}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || slices.Contains(cards, name) {
			continue
		}
		ours, err := js.MatchFile(real.Dir, name)
		if err != nil {
			return nil, err
		}
		switch theirs := slices.Contains(real.GoFiles, name) || slices.Contains(real.CgoFiles, name); {
		case theirs && !ours:
			files[name] = ""
		case ours && !theirs:
			text, err := os.ReadFile(filepath.Join(real.Dir, name))
			if err != nil {
				return nil, err
			}
			files[memoryName(name)] = constraint.ReplaceAllString(string(text), "")
		}
	}
	return changed(real.Dir, files), nil
}

// changed makes the changes; nil if one has no place.
func changed(dir string, files map[string]string) map[string]string {
	for _, c := range networkChanges {
		name := memoryName(c.file)
		if files[name] == "" { // it is the same for both
			name = c.file
		}
		if files[name] == "" {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return nil
			}
			files[name] = string(text)
		}
		if !strings.Contains(files[name], c.from) {
			return nil
		}
		files[name] = strings.ReplaceAll(files[name], c.from, c.to)
	}
	return files
}

var constraint = regexp.MustCompile(`(?m)^//go:build .*$`)

// memoryName is the name under which a file of js/wasm is compiled: without the suffix that
// keeps it to that system.
func memoryName(name string) string {
	return "heisenkata_" + strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_js") + "_memory.go"
}
