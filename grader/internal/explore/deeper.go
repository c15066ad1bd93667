package explore

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// A goroutine may wait for a lock of a dependency that is not rewritten, for as long as
// another one holds it that is under control. Then the dependency is rewritten as well, and
// the test explored again.

// maxDeeper is how often, for dependencies of dependencies.
const maxDeeper = 3

// deeper explores tests again that could not be explored since dependencies were not
// rewritten. What cannot be built so stays as it is.
func (s *Session) deeper(ctx context.Context, all []explored.Package) {
	o := s.Options
	o.Found, o.Then = nil, nil
	for range maxDeeper {
		tests := beyond(all)
		if len(tests) == 0 || s.Strict || s.Own {
			return
		}
		var names []string
		o.Patterns = nil
		for test, path := range tests {
			names = append(names, regexp.QuoteMeta(test.Name))
			o.Rewrite = append(o.Rewrite, path)
		}
		for _, p := range all {
			if slices.ContainsFunc(p.Tests, func(t explored.Test) bool { return t.Beyond != "" }) {
				o.Patterns = append(o.Patterns, p.Package)
			}
		}
		o.Run = regexp.MustCompile("^(" + strings.Join(names, "|") + ")$")
		again, err := Prepare(ctx, o)
		if err != nil {
			return
		}
		better := again.work(ctx)
		again.Close()
		for test := range tests {
			test.Beyond = ""
		}
		for _, p := range all {
			if i := slices.IndexFunc(better, func(b explored.Package) bool { return b.Package == p.Package }); i >= 0 {
				replace(p.Tests, better[i].Tests, tests)
			}
		}
	}
}

// beyond are the tests that could not be explored because of a dependency, and which.
func beyond(all []explored.Package) map[*explored.Test]string {
	tests := map[*explored.Test]string{}
	for _, p := range all {
		for i, t := range p.Tests {
			if t.Beyond != "" {
				tests[&p.Tests[i]] = t.Beyond
			}
		}
	}
	return tests
}

func replace(tests, better []explored.Test, these map[*explored.Test]string) {
	for i := range tests {
		if _, this := these[&tests[i]]; !this {
			continue
		}
		if j := slices.IndexFunc(better, func(t explored.Test) bool { return t.Name == tests[i].Name }); j >= 0 {
			tests[i] = better[j]
		}
	}
}

// waitsBeyond is the import path of the dependency in whose code a goroutine waits for
// something that the explorer does not control; "" if it could not be rewritten.
func (s *Session) waitsBeyond(f *wire.Finding) string {
	if f.Kind != wire.Unexplorable || len(f.At) == 0 {
		return ""
	}
	dir := filepath.Dir(f.At[0].File)
	for _, p := range s.packages {
		if s.rewritable(p) && !p.instrumented() && (p.Dir == dir || s.inItsCopy(p) == dir) {
			return p.ImportPath
		}
	}
	return ""
}

// inItsCopy is where a package of a module is that is copied.
func (s *Session) inItsCopy(p *listed) string {
	rest, _ := strings.CutPrefix(p.Dir, p.Module.Dir)
	return filepath.Join(s.stagedDir(p.Module.Dir), rest)
}
