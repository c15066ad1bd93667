//go:build ignore

// Types checks that the packages of a pattern, their tests too, type-check for other
// operating systems: what `GOOS=darwin go vet` does, but without compiling all that they
// import for it, which takes ten times as long.
//
//	go run .ci/types.go ./grader/... darwin windows
//
// Tests of exercises may get any error, also one of a type that == cannot compare: they
// may compare errors with == only if one is a variable of a package, such as io.EOF.
//
//	go run .ci/types.go ./exercises/... linux
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	failed := false
	for _, system := range os.Args[2:] {
		checked, errs := check(os.Args[1], system)
		for _, err := range errs {
			fmt.Printf("%s: %v\n", system, err)
		}
		fmt.Printf("%s: %d packages, %d errors\n", system, checked, len(errs))
		failed = failed || len(errs) > 0 || checked == 0
	}
	if failed {
		os.Exit(1)
	}
}

// listed is what `go list` says of a package, or of one as it is compiled for a test.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string
	Error           *struct{ Err string }
	Module          *struct{ Main bool }
}

// check counts the packages of this module that it has checked.
func check(pattern, system string) (checked int, errs []error) {
	packages, err := list(pattern, system)
	if err != nil {
		return 0, []error{err}
	}
	known := map[string]*types.Package{"unsafe": types.Unsafe}
	for _, p := range packages {
		if p.Error != nil {
			errs = append(errs, errors.New(p.Error.Err))
			continue
		}
		if strings.HasSuffix(p.ImportPath, ".test") || p.ImportPath == "unsafe" {
			continue // go test writes the first, the second is built in
		}
		ours := p.Module != nil && p.Module.Main
		found := typeCheck(p, ours, known)
		if ours {
			checked++
			errs = append(errs, found...)
		}
	}
	return checked, errs
}

// list gives the packages, each after all that it imports.
func list(pattern, system string) (packages []listed, err error) {
	cmd := exec.Command("go", "list", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,ImportMap,Error,Module", pattern)
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, err
		}
		packages = append(packages, p)
	}
}

// typeCheck adds the package to those known. Of packages that are not ours it takes the
// declarations, as an importer does.
func typeCheck(p listed, ours bool, known map[string]*types.Package) (errs []error) {
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return []error{err}
		}
		parsed = append(parsed, file)
	}
	config := types.Config{
		IgnoreFuncBodies: !ours,
		Sizes:            types.SizesFor("gc", runtime.GOARCH),
		Error:            func(err error) { errs = append(errs, err) },
		Importer: importer(func(path string) (*types.Package, error) {
			if mapped, ok := p.ImportMap[path]; ok {
				path = mapped
			}
			if imported := known[path]; imported != nil {
				return imported, nil
			}
			return nil, fmt.Errorf("%s is not listed", path)
		}),
	}
	path, _, _ := strings.Cut(p.ImportPath, " ")
	info := &types.Info{}
	if ours {
		info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{}}
	}
	known[p.ImportPath], _ = config.Check(path, files, parsed, info) // each error comes to config.Error
	if ours && isExercise(path) {
		for _, file := range parsed {
			if strings.HasSuffix(files.Position(file.Package).Filename, "_test.go") {
				errs = append(errs, comparisons(files, file, info)...)
			}
		}
	}
	return errs
}

func isExercise(path string) bool {
	below, ok := strings.CutPrefix(path, "heisenkata/exercises/")
	return ok && !strings.HasPrefix(below, "internal/")
}

// comparisons are the places at which == compares errors: itself, in a switch, as the key of
// a map, or in a generic function.
func comparisons(files *token.FileSet, file *ast.File, info *types.Info) (found []error) {
	report := func(n ast.Node, what string) {
		found = append(found, fmt.Errorf("%s: %s: some errors that a test gets cannot be compared; use oracle.SameError", files.Position(n.Pos()), what))
	}
	risky := func(e ast.Expr) bool { return holdsError(info.TypeOf(e)) && !isVariableOfPackage(e, info) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && risky(n.X) && risky(n.Y) {
				report(n, "== compares errors")
			}
		case *ast.MapType:
			if holdsError(info.TypeOf(n.Key)) {
				report(n, "a map compares errors")
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && risky(n.Tag) {
				for _, clause := range n.Body.List {
					if slices.ContainsFunc(clause.(*ast.CaseClause).List, risky) {
						report(clause, "a switch compares errors")
					}
				}
			}
		case *ast.Ident:
			signature, ok := info.TypeOf(n).(*types.Signature)
			if instance, generic := info.Instances[n]; ok && generic && signature != nil {
				if comparesErrors(info.Uses[n], instance) {
					report(n, n.Name+" compares errors")
				}
			}
		}
		return true
	})
	return found
}

// comparesErrors tells whether a generic function that compares is called for a type with errors.
func comparesErrors(function types.Object, instance types.Instance) bool {
	generic, ok := function.(*types.Func)
	if !ok || generic.FullName() == "cmp.Or" { // which compares with nil
		return false
	}
	parameters := generic.Signature().TypeParams()
	for i := range parameters.Len() {
		constraint, ok := parameters.At(i).Constraint().Underlying().(*types.Interface)
		if ok && constraint.IsComparable() && holdsError(instance.TypeArgs.At(i)) {
			return true
		}
	}
	return false
}

// holdsError tells whether a value of the type is an error, or has one that == looks at.
func holdsError(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
	case *types.Struct:
		for i := range u.NumFields() {
			if holdsError(u.Field(i).Type()) {
				return true
			}
		}
	case *types.Array:
		return holdsError(u.Elem())
	}
	return false
}

// isVariableOfPackage tells whether an expression is nil or names a package's variable, whose
// error can be compared.
func isVariableOfPackage(e ast.Expr, info *types.Info) bool {
	if info.Types[e].IsNil() {
		return true
	}
	if x, ok := e.(*ast.SelectorExpr); ok {
		e = x.Sel
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := info.Uses[id].(*types.Var)
	return ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }
