package submission

import (
	"path"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
)

// allowedImports is what a fix may import: what concurrent code is made of, and
// nothing that reaches the outside or the test itself.
var allowedImports = []string{
	"sync", "sync/atomic", "context", "time", "errors", "fmt", "sort", "strings", "strconv",
	"slices", "maps", "cmp", "iter", "path", "unicode/utf8", "container/heap", "container/list", "container/ring",
	"math", "math/bits", "math/rand/v2", "bufio", "bytes", "io", "hash/fnv",
	"golang.org/x/sync/errgroup", "golang.org/x/sync/semaphore", "golang.org/x/sync/singleflight",
}

// importReasons are the reasons that are closer than "it can be done without";
// the first that fits is given. A name that ends in /... stands for itself and
// for all below it, here as in manifests.
var importReasons = []struct{ pattern, why, instead string }{
	{"hash/maphash", "It is written in assembly, where the race detector does not see what is read.", "Use hash/fnv."},
	{"C", "C is outside of Go's memory model, and no detector looks into it.", "Write it in Go."},
	{"unsafe", "Package unsafe bypasses the type system, and with it the memory model.", "Use sync or sync/atomic."},
	{"reflect", "Reflection goes around what a type promises.", "Name the types, or use an interface or a type parameter."},
	{"runtime/...", "GOMAXPROCS, Gosched and the collector change how often a bug shows, never whether it is there.", "Order the two goroutines instead."},
	{"testing/...", "A fix that knows it is tested proves nothing.", "Leave the tests to the test files."},
	{"github.com/stretchr/testify/...", "A fix that knows it is tested proves nothing.", "Leave the tests to the test files."},
	{"go.uber.org/goleak/...", "A fix has no need to look for leaks.", "Make each goroutine end, and let the tests look."},
	{"heisenkata/...", "The project's own packages belong to the tests.", "Write what you need into the fix."},
	{"os/...", "A fix changes the code, not the process that runs it.", "Leave exits, signals, files and the environment alone."},
	{"syscall/...", "Most of it acts on the process that runs the fix, and a package is allowed as a whole or not at all.", "Leave the operating system alone. Where you want an error of a type of its own, declare one."},
	{"golang.org/x/sys/...", "A fix changes the code, not the process that runs it.", "Leave the operating system alone."},
	{"plugin", "A fix consists of its files alone.", "Put what it needs into them."},
	{"embed", "A fix consists of its files alone.", "Put what it needs into them."},
	{"net/url", "It has no network in it, but this exercise can be fixed without it: here a URL is a text.", "Use package strings, and errors.New or a type of your own for an error."},
	{"net/netip", "It has no network in it, but this exercise can be fixed without it.", "Use package strings."},
	{"net/...", "A fix has no network: the same run has to give the same answer everywhere.", "Take the connection out."},
	{"log/...", "Printing takes time and locks, which hides the very race you are looking for.", "Take it out, or print in a copy."},
	{"math/rand", "It has a successor that needs no seed and no lock.", "Import math/rand/v2."},
	{"crypto/rand", "Nothing here is secret.", "Import math/rand/v2."},
	{"time", "A pause makes a collision rarer and orders nothing.", "Make one goroutine wait for the other instead."},
}

func imports(p *pass) {
	for _, spec := range p.file.Imports {
		if name := importPath(spec); !p.importAllowed(name) {
			why, instead := p.importReason(name)
			p.refuseFor(spec.Pos(), "import "+clip(spec.Path.Value), why, instead)
		}
	}
}

func (p *pass) importAllowed(name string) bool {
	policy := p.exercise.Policy
	if path.Clean(name) != name || matchesAny(name, policy.DenyImports) {
		return false
	}
	return slices.Contains(allowedImports, name) || matchesAny(name, policy.AllowImports)
}

// Modules lists what fixes of an exercise may import beyond the standard library:
// packages, or patterns of them as the go command takes them.
func Modules(policy kata.Policy) []string {
	all := slices.Concat(policy.AllowImports, allowedImports)
	return slices.DeleteFunc(all, func(name string) bool {
		first, _, _ := strings.Cut(name, "/")
		return !strings.Contains(first, ".") || matchesAny(name, policy.DenyImports)
	})
}

// importReason says why an import is refused, and what to do instead.
func (p *pass) importReason(name string) (why, instead string) {
	if path.Clean(name) != name || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") {
		return "A package is imported by its full path, as in its documentation.", "Write that."
	}
	for _, r := range importReasons {
		if matchesAny(name, []string{r.pattern}) {
			return r.why, r.instead
		}
	}
	return p.rule.Why, "A fix may import " + strings.Join(p.allowed(), ", ") + "."
}

// allowed lists what this exercise's fixes may import.
func (p *pass) allowed() []string {
	policy := p.exercise.Policy
	return slices.DeleteFunc(slices.Concat(policy.AllowImports, allowedImports), func(name string) bool {
		return matchesAny(name, policy.DenyImports)
	})
}

func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if prefix, ok := strings.CutSuffix(p, "/..."); ok {
			return name == prefix || strings.HasPrefix(name, prefix+"/")
		}
		return name == p
	})
}

func importName(p *pass) {
	for _, spec := range p.file.Imports {
		if name := spec.Name; name != nil && (name.Name == "." || name.Name == "_") {
			p.refuse(spec.Pos(), "import "+clip(spec.Path.Value)+" as "+name.Name)
		}
	}
}
