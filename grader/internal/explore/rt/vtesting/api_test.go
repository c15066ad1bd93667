package testing

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
)

const rt = "heisenkata/grader/internal/explore/rt/"

// standIns maps the real packages to those that stand for them whole.
var standIns = map[string]string{
	"sync": "vsync", "sync/atomic": "vatomic", "testing": "vtesting", "testing/synctest": "vsynctest", "go.uber.org/goleak": "vgoleak",
}

// standInFunctions are those that stand for functions only.
var standInFunctions = map[string]string{"math/rand": "vrand", "math/rand/v2": "vrand2"}

func load(t *testing.T, from types.Importer, path string) *types.Scope {
	t.Helper()
	p, err := from.Import(path)
	require.NoError(t, err)
	return p.Scope()
}

// Whatever a real package exports, the one that stands for it exports as well,
// with the same type.
func TestNothingIsMissing(t *testing.T) {
	if sched.RaceOn {
		t.Skip("the types are the same, and slow to check")
	}
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	for path, folder := range standIns {
		real, ours := load(t, from, path), load(t, from, rt+folder)
		for _, name := range real.Names() {
			if ast.IsExported(name) {
				compare(t, path+"."+name, real.Lookup(name), ours.Lookup(name))
			}
		}
	}
	for path, folder := range standInFunctions {
		real, ours := load(t, from, path), load(t, from, rt+folder)
		for _, name := range real.Names() {
			if f, ok := real.Lookup(name).(*types.Func); ok && ast.IsExported(name) && !strings.HasPrefix(name, "New") {
				compare(t, path+"."+name, f, ours.Lookup(name))
			}
		}
	}
}

// compare holds an exported name of a stand-in against the real one.
func compare(t *testing.T, name string, real, ours types.Object) {
	t.Helper()
	if !assert.NotNil(t, ours, name) {
		return
	}
	r, ok := real.(*types.TypeName)
	if !ok {
		assert.Equal(t, text(real.Type()), text(ours.Type()), name)
		return
	}
	require.IsType(t, r, ours, name)
	if !types.Identical(real.Type(), ours.Type()) {
		compareMethods(t, name, real.Type(), ours.Type())
		compareFields(t, name, real.Type(), ours.Type())
	}
}

func compareMethods(t *testing.T, name string, real, ours types.Type) {
	t.Helper()
	if !types.IsInterface(real) {
		real, ours = types.NewPointer(real), types.NewPointer(ours)
	}
	has := types.NewMethodSet(ours)
	for m := range types.NewMethodSet(real).Methods() {
		if !m.Obj().Exported() {
			continue
		}
		own := has.Lookup(nil, m.Obj().Name())
		if assert.NotNil(t, own, "%s.%s", name, m.Obj().Name()) {
			assert.Len(t, own.Index(), 1, "%s.%s is only promoted", name, m.Obj().Name())
			assert.Equal(t, text(m.Type()), text(own.Type()), "%s.%s", name, m.Obj().Name())
		}
	}
}

func compareFields(t *testing.T, name string, real, ours types.Type) {
	t.Helper()
	s, ok := real.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range s.Fields() {
		if f.Exported() {
			own, _, _ := types.LookupFieldOrMethod(ours, true, nil, f.Name())
			if assert.NotNil(t, own, "%s.%s", name, f.Name()) {
				assert.Equal(t, text(f.Type()), text(own.Type()), "%s.%s", name, f.Name())
			}
		}
	}
}

// text is a type without the names of parameters and the paths of packages.
func text(t types.Type) string {
	if s, ok := t.(*types.Signature); ok {
		t = types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic())
	}
	s := types.TypeString(t, func(p *types.Package) string { return p.Name() })
	return strings.ReplaceAll(s, "interface{}", "any")
}

func unnamed(list *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range list.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", v.Type()))
	}
	return types.NewTuple(vars...)
}
