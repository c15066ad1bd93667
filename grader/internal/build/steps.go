package build

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
)

// steppedFile says in a staging what is laid over Root when the tests are compiled:
// the tests with steps in them.
const steppedFile = "stepped.json"

// Steps are the numbers that a test of this staging passes to attest.Step in one
// run, in order.
func (st *Staging) Steps(test string) []uint64 { return st.steps[test] }

// addSteps writes copies of the tests that call attest.Step before, between and after
// their statements, with numbers drawn for this staging. They are what is compiled:
// a pass carries the sum of the numbers, so code that has got hold of a process
// cannot report a pass for a test that it has kept from running. Neither vet nor the
// explorer sees them, and lines stay as they are.
func (st *Staging) addSteps() error {
	dir := filepath.Join(st.Dir, filepath.FromSlash(st.exercise.Dir))
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return err
	}
	steps := filepath.Join(st.Dir, "steps", filepath.FromSlash(st.exercise.Dir)) // so that compiler errors tell the file
	if err := os.MkdirAll(steps, 0o755); err != nil {
		return err
	}
	st.steps = map[string][]uint64{}
	over := maps.Clone(st.Overlay)
	if over == nil {
		over = map[string]string{}
	}
	for _, file := range files {
		name := filepath.Base(file)
		stepped := filepath.Join(steps, name)
		if err := st.addStepsTo(file, stepped); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		over[filepath.Join(st.Root, filepath.FromSlash(st.exercise.Dir), name)] = stepped
	}
	return st.write(steppedFile, over)
}

func (st *Staging) addStepsTo(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, from, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	var put insertions
	at := func(pos token.Pos) int { return set.PositionFor(pos, false).Offset }
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		parameter, ok := testParameter(st.exercise, f)
		if !ok {
			continue
		}
		step := func() string {
			n := random()
			st.steps[f.Name.Name] = append(st.steps[f.Name.Name], n)
			return fmt.Sprintf("heisenkata_attest.Step(%s, %#x);", parameter, n)
		}
		put = append(put, insertion{at(f.Body.Lbrace) + 1, " " + step()})
		for _, statement := range f.Body.List {
			put = append(put, insertion{at(statement.End()), "; " + step()})
		}
	}
	if put != nil {
		put = append(put, insertion{at(file.Name.End()), `; import heisenkata_attest "heisenkata/exercises/internal/attest"`})
	}
	return os.WriteFile(to, put.into(text), 0o644)
}

// testParameter is the name of a listed test's *testing.T.
func testParameter(e kata.Exercise, f *ast.FuncDecl) (name string, ok bool) {
	listed := slices.ContainsFunc(e.Tests, func(t kata.Test) bool { return t.Name == f.Name.Name })
	if !listed || f.Recv != nil || f.Type.Params.NumFields() != 1 || len(f.Type.Params.List[0].Names) != 1 {
		return "", false
	}
	name = f.Type.Params.List[0].Names[0].Name
	return name, name != "_"
}

// random is a number that cannot be guessed.
func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return binary.BigEndian.Uint64(b[:])
}

// insertion is text that goes into a file at a byte offset.
type insertion struct {
	at   int
	text string
}

type insertions []insertion

func (list insertions) into(text []byte) []byte {
	slices.SortStableFunc(list, func(a, b insertion) int { return a.at - b.at })
	var out strings.Builder
	last := 0
	for _, i := range list {
		out.Write(text[last:i.at])
		out.WriteString(i.text)
		last = i.at
	}
	out.Write(text[last:])
	return []byte(out.String())
}
