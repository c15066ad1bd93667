//go:build ignore

// Types checks that the packages of a pattern, their tests too, type-check for other
// operating systems: what `GOOS=darwin go vet` does, but without compiling all that they
// import for it, which takes ten times as long.
//
//	go run .ci/types.go ./grader/... darwin windows
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
	known[p.ImportPath], _ = config.Check(path, files, parsed, nil) // each error comes to config.Error
	return errs
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }
