package instrument

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// What goroutines tell each other past the points, no reduction knows of: a file, a lock in
// a package that is not rewritten. A function that touches such a thing says so when it runs.

// harmless are packages of which goroutines share nothing but what the points, or the race
// detector, see; a name that ends in / stands for all below it.
var harmless = []string{
	"bufio", "bytes", "cmp", "container/", "context", "embed", "encoding/", "errors", "fmt", "hash/", "html/", "io", "iter", "maps", "math", "math/", "path",
	"reflect", "regexp", "regexp/", "slices", "sort", "strconv", "strings", "text/", "time", "unicode", "unicode/", "unsafe",
	"github.com/stretchr/testify/assert", "github.com/stretchr/testify/require", "github.com/google/go-cmp/",
}

// but are things of harmless packages that are not.
var but = []string{
	"io.Pipe", "io.PipeReader", "io.PipeWriter",
	"reflect.Select", "reflect.Send", "reflect.TrySend", "reflect.Recv", "reflect.TryRecv", "reflect.Close", "reflect.Len",
}

// besides are harmless things of other packages.
var besides = []string{
	"os.Exit", "os.Args", "os.Stdout", "os.Stderr", "runtime.Gosched", "runtime.Goexit", "runtime.NumCPU", "runtime.GOMAXPROCS", "runtime.KeepAlive", "runtime.GOOS", "runtime.GOARCH",
	"runtime.Caller", "runtime.Callers", "runtime.Error",
	"runtime.NumGoroutine", // which says so itself
}

// unseen reports whether a function's code, without the functions in it, touches something
// that is told past the points.
func (f *file) unseen(function ast.Node) (unseen bool) {
	ast.Inspect(function, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit:
			return x == function && !unseen
		case *ast.Ident:
			unseen = unseen || f.beyond(f.Info.Uses[x])
		case *ast.CallExpr:
			unseen = unseen || len(x.Args) == 1 && f.isBuiltin(x.Fun, "len") && isTypeParameter(f.Info.TypeOf(x.Args[0]))
		}
		return !unseen
	})
	return unseen
}

// isTypeParameter reports whether a type may be that of a channel, which has no point then.
func isTypeParameter(t types.Type) bool {
	if t == nil {
		return true
	}
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// beyond reports whether something belongs to a package whose goroutines may meet unseen.
func (f *file) beyond(o types.Object) bool {
	if o == nil || o.Pkg() == nil || o.Pkg() == f.Types {
		return false
	}
	if _, ok := o.(*types.PkgName); ok {
		return false
	}
	p := o.Pkg().Path()
	name := p + "." + o.Name()
	switch {
	case slices.Contains(but, name):
		return true
	case swapped[p] != "" || randomPackages[p] != "" || slices.Contains(besides, name) || f.Rewritten != nil && f.Rewritten(p) || slices.Contains(f.Private, p):
		return false
	}
	return !slices.ContainsFunc(harmless, func(h string) bool { return p == h || strings.HasSuffix(h, "/") && strings.HasPrefix(p, h) })
}

// sayUnseen makes a function say so when it runs.
func (f *file) sayUnseen(function ast.Node, body *ast.BlockStmt) {
	if body != nil && f.unseen(function) {
		f.after(body.Lbrace+1, " "+f.rt+".Unseen();")
	}
}
