package explore

import (
	_ "embed"
	"go/build"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Go has a network of its own making, in memory, for systems that have none: its
// package net for js/wasm. Built into a test binary here, it makes connections that a
// bubble knows, so that tests with servers can be explored: their deadlines are of the
// bubble's clock, and what waits for data waits for another goroutine.

// networkFile is what that package net gets in addition.
//
//go:embed network.go.txt
var networkFile string

// Files of the two that stay as they are: the network cards are those of the machine.
var cards = []string{"interface_linux.go", "interface_stub.go"}

// networkChange changes a file of package net, wherever from stands. There must be such a place.
type networkChange struct{ file, from, to string }

// A listener at a wildcard address, and addresses of other machines, are no matter to
// js/wasm. What only makes a socket faster is no error, and what the network in memory
// cannot do ends the schedule.
var networkChanges = []networkChange{
	{"net_fake.go", "lni, ok := sockets.Load(fa)", "lni, ok := heisenkataListener(fa, fd.raddr)"},
	{"net_fake.go", "fd.raddr = matchIPFamily(fd.family, raddr)", "fd.raddr = matchIPFamily(fd.family, raddr)\n\theisenkataReach(fd.raddr)"},
	{"net_fake.go", `return os.NewSyscallError("setWriteBuffer", syscall.ENOTSUP)`, "return nil"},
	{"net_fake.go", "syscall.ENOTSUP", "heisenkataUnknown(syscall.ENOTSUP)"},
	{"net_fake.go", "syscall.ENOSYS", "heisenkataUnknown(syscall.ENOSYS)"},
	{"sockopt_fake.go", "syscall.ENOPROTOOPT", "heisenkataFine(syscall.ENOPROTOOPT)"},
	{"tcpsockopt_stub.go", "syscall.ENOPROTOOPT", "heisenkataFine(syscall.ENOPROTOOPT)"},
	{"sockoptip_stub.go", "syscall.ENOPROTOOPT", "heisenkataUnknown(syscall.ENOPROTOOPT)"},
	{"file_stub.go", "syscall.ENOPROTOOPT", "heisenkataUnknown(syscall.ENOPROTOOPT)"},
	{"rawconn.go", "func newRawConn(fd *netFD) *rawConn {", "func newRawConn(fd *netFD) *rawConn {\n\theisenkataUnknown(nil)"},
	{"rawconn.go", "func newRawListener(fd *netFD) *rawListener {", "func newRawListener(fd *netFD) *rawListener {\n\theisenkataUnknown(nil)"},
}

// network tells whether tests may use the network, or a library may in their place. An
// assertion library imports it and does not.
func (s *Session) network() bool {
	return runtime.GOOS == "linux" && !s.Own && slices.ContainsFunc(s.packages, func(p *listed) bool {
		return !p.Standard && !strings.HasSuffix(p.ImportPath, ".test") && !(p.Module != nil && p.Module.Path == "github.com/stretchr/testify") &&
			slices.ContainsFunc(p.Imports, func(path string) bool {
				return path == "net" || path == "net/http" || path == "net/http/httptest" || path == "net/rpc" || path == "net/smtp"
			})
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
	for name, text := range files {
		name = filepath.Join(real.Dir, name)
		if text == "" {
			s.overlay[name] = ""
		} else if err := s.put(name, []byte(text)); err != nil {
			return err
		}
	}
	s.networked = true
	return nil
}

// netFails is what the go command prints of a package net that does not compile.
var netFails = regexp.MustCompile(`(?m)^# net$`)

// dropNetwork puts the real network back: this version of Go has changed too much.
func (s *Session) dropNetwork() {
	s.networked = false
	maps.DeleteFunc(s.overlay, func(name, _ string) bool { return filepath.Dir(name) == s.byPath["net"].Dir })
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

// memoryName is a name that no system is in.
func memoryName(name string) string {
	return "heisenkata_" + strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_js") + "_memory.go"
}
