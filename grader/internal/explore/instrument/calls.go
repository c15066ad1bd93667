package instrument

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// swapped are the packages whose drop-in is imported in their place.
var swapped = map[string]string{
	"sync":               "vsync",
	"sync/atomic":        "vatomic",
	"testing":            "vtesting",
	"testing/synctest":   "vsynctest",
	"testing/slogtest":   "vslogtest",
	"go.uber.org/goleak": "vgoleak",
}

// stands maps functions, and a type, to those that stand for them: folder and name.
var stands = map[string]string{
	"time.Sleep": "sched.Sleep", "time.Now": "sched.Now", "time.Since": "sched.Since", "time.Until": "sched.Until", "time.After": "sched.TimeAfter", "time.NewTimer": "sched.NewTimer", "time.NewTicker": "sched.NewTicker",
	"time.Tick": "sched.Tick", "time.AfterFunc": "sched.AfterFunc",
	"context.WithTimeout": "sched.WithTimeout", "context.WithTimeoutCause": "sched.WithTimeoutCause",
	"context.WithDeadline": "sched.WithDeadline", "context.WithDeadlineCause": "sched.WithDeadlineCause",
	"context.AfterFunc": "sched.ContextAfterFunc", "context.Cause": "sched.ContextCause",
	"runtime.Gosched": "sched.Gosched", "runtime.Stack": "vruntime.Stack", "runtime.NumGoroutine": "vruntime.NumGoroutine",
	"runtime.ReadMemStats": "vruntime.ReadMemStats", "runtime.NumCPU": "vruntime.NumCPU", "runtime.GOMAXPROCS": "vruntime.GOMAXPROCS",
	"runtime.Caller": "vruntime.Caller", "runtime.Callers": "vruntime.Callers",
	"runtime.SetFinalizer": "vruntime.SetFinalizer", "runtime.AddCleanup": "vruntime.AddCleanup", "runtime.GC": "vruntime.GC", "weak.Make": "vruntime.MakeWeak",
	"runtime/debug.Stack": "vruntime.DebugStack", "runtime/debug.PrintStack": "vruntime.PrintStack",
	"os/exec.Command": "vos.Command", "os/exec.CommandContext": "vos.CommandContext", "os.StartProcess": "vos.StartProcess",
	"os/signal.Notify": "vsignal.Notify", "os/signal.NotifyContext": "vsignal.NotifyContext", "os/signal.Stop": "vsignal.Stop",
	"os/signal.Ignore": "vsignal.Ignore", "os/signal.Reset": "vsignal.Reset",
	"syscall.Kill": "vsignal.Kill", "golang.org/x/sys/unix.Kill": "vsignal.Kill",
	"os.Exit": "vos.Exit", "log.Fatal": "vlog.Fatal", "log.Fatalf": "vlog.Fatalf", "log.Fatalln": "vlog.Fatalln",
	"log.New": "vlog.New", "log.SetOutput": "vlog.SetOutput", "log.Writer": "vlog.Writer",
	"log/slog.NewTextHandler": "vlog.NewTextHandler", "log/slog.NewJSONHandler": "vlog.NewJSONHandler",
	"io.Pipe": "vio.Pipe", "io.PipeWriter": "vio.PipeWriter",
}

// randomPackages have global functions that a schedule decides.
var randomPackages = map[string]string{"math/rand": "vrand", "math/rand/v2": "vrand2"}

// methods maps methods to functions that stand for them, likewise.
var methods = map[string]string{
	"(context.Context).Err": "sched.ContextErr",
	"(*time.Timer).Reset":   "sched.ResetTimer", "(*time.Timer).Stop": "sched.StopTimer", "(*time.Ticker).Reset": "sched.ResetTicker",
	"(*runtime.Func).Name": "sched.FuncName", "(*runtime.Frames).Next": "sched.NextFrame",
	"(io/fs.FileInfo).ModTime": "vos.ModTime", "(*os.Process).Signal": "vsignal.Signal",
	"(*log.Logger).SetOutput": "vlog.SetOutputOf", "(*log.Logger).Writer": "vlog.WriterOf",
}

// packageOf is the package that a selector such as time.Sleep names, or nil.
func (f *file) packageOf(x *ast.SelectorExpr) *types.Package {
	if id, ok := x.X.(*ast.Ident); ok {
		if p, ok := f.Info.ObjectOf(id).(*types.PkgName); ok {
			return p.Imported()
		}
	}
	return nil
}

// standIn is what stands for something of another package, as text, or "".
func (f *file) standIn(o types.Object) string {
	if o == nil || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
		return ""
	}
	folder, name, ok := strings.Cut(stands[o.Pkg().Path()+"."+o.Name()], ".")
	if !ok {
		_, function := o.(*types.Func)
		if folder = randomPackages[o.Pkg().Path()]; folder == "" || !function || strings.HasPrefix(o.Name(), "New") {
			return ""
		}
		name = o.Name()
	}
	return f.imported(folder) + "." + name
}

// imported is the name under which a file imports a drop-in package.
func (f *file) imported(folder string) string {
	if folder == "sched" {
		return f.rt
	}
	alias := f.prefix + folder
	f.extra[alias] = folder
	return alias
}

// selector replaces names such as time.Sleep, called or not.
func (f *file) selector(x *ast.SelectorExpr) {
	if f.packageOf(x) == nil {
		return
	}
	if text := f.standIn(f.Info.Uses[x.Sel]); text != "" {
		f.replace(x.Pos(), x.End(), text)
		return
	}
}

// ident replaces the same names under a dot import, and tests' names.
func (f *file) ident(x *ast.Ident, parent ast.Node) {
	if s, ok := parent.(*ast.SelectorExpr); ok && s.Sel == x {
		return
	}
	o := f.Info.ObjectOf(x)
	if f.Info.Uses[x] == nil {
		return
	}
	if f.tests[o] {
		f.before(x.Pos(), f.testsType+"{}.")
	} else {
		if text := f.standIn(o); text != "" {
			f.replace(x.Pos(), x.End(), text)
		}
	}
}

func (f *file) isBuiltin(e ast.Expr, name string) bool {
	id, ok := unparen(e).(*ast.Ident)
	if !ok || id.Name != name {
		return false
	}
	_, ok = f.Info.ObjectOf(id).(*types.Builtin)
	return ok
}

func (f *file) call(x *ast.CallExpr, parent ast.Node) {
	if _, ok := parent.(*ast.GoStmt); ok && f.isBuiltin(x.Fun, "close") {
		return // goClose does it
	}
	f.nameCall(x)
	switch {
	case f.isBuiltin(x.Fun, "close"):
		ch := x.Args[0]
		channel := f.channel(ch, f.text(ch.Pos(), ch.End()), "chan<-")
		f.replace(x.Pos(), x.End(), fmt.Sprintf("%s.Close(%d, %s)", f.rt, f.channelSite(x.Pos(), ch), channel))
	case f.isBuiltin(x.Fun, "len") && isChannel(f.Info.TypeOf(x.Args[0])):
		f.before(x.Args[0].Pos(), fmt.Sprintf("%s.LenAt(%d, ", f.rt, f.channelSite(x.Pos(), x.Args[0])))
		f.after(x.Args[0].End(), ")")
	case f.cancel(x), f.method(x), f.profile(x):
	}
}

func isChannel(t types.Type) bool {
	if t == nil || isTypeParameter(t) {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// exprStmt puts a point before the call of a builtin that changes what others
// may reach.
func (f *file) exprStmt(x *ast.ExprStmt, parent ast.Node) {
	c, ok := unparen(x.X).(*ast.CallExpr)
	if ok && (f.isBuiltin(c.Fun, "delete") || f.isBuiltin(c.Fun, "clear")) {
		f.point(x, parent, Site{Does: Writes, Object: f.source(c.Args[0])})
	}
}

// cancel puts a point before the call of a context's cancel function.
func (f *file) cancel(x *ast.CallExpr) bool {
	t := f.Info.TypeOf(x.Fun)
	if t == nil || f.Info.Types[x.Fun].IsType() {
		return false
	}
	function := map[string]string{"context.CancelFunc": "CancelAt", "context.CancelCauseFunc": "CancelCauseAt"}[t.String()]
	if function == "" {
		return false
	}
	f.before(x.Fun.Pos(), fmt.Sprintf("%s.%s(%d, ", f.rt, function, f.site(x.Pos(), f.source(x.Fun))))
	f.after(x.Fun.End(), ")")
	return true
}

// profile tells the runtime that the code looks at a profile, such as that of goroutines.
func (f *file) profile(x *ast.CallExpr) bool {
	fun, ok := unparen(x.Fun).(*ast.SelectorExpr)
	if !ok || fun.Sel.Name != "Lookup" || len(x.Args) != 1 {
		return false
	}
	if p := f.packageOf(fun); p == nil || p.Path() != "runtime/pprof" {
		return false
	}
	f.before(x.Args[0].Pos(), f.rt+".Profiled(")
	f.after(x.Args[0].End(), ")")
	return true
}

// method replaces a call of such a method.
func (f *file) method(x *ast.CallExpr) bool {
	fun, ok := unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := f.Info.Selections[fun]
	if s == nil || s.Kind() != types.MethodVal || len(s.Index()) != 1 {
		return false
	}
	folder, name, ok := strings.Cut(methods[s.Obj().(*types.Func).FullName()], ".")
	if !ok {
		return false
	}
	on := f.text(fun.X.Pos(), fun.X.End())
	switch f.underlying(fun.X).(type) {
	case *types.Pointer, *types.Interface:
	default:
		on = "&" + on
	}
	args := ""
	if len(x.Args) > 0 {
		args = ", " + f.moved(x, x.Args[0])
	}
	f.replace(x.Pos(), x.End(), fmt.Sprintf("%s.%s(%s%s)", f.imported(folder), name, on, args))
	return true
}

// keepers name something of a package whose functions are replaced, so that its
// import stays in use.
var keepers = map[string]string{
	"time": "Unix", "context": "Background", "runtime": "NumCPU", "io": "EOF", "os": "Getpid", "os/exec": "LookPath", "os/signal": "Ignored", "syscall": "Getpid", "golang.org/x/sys/unix": "Getpid", "log": "Flags", "log/slog": "Default",
	"math/rand": "New", "math/rand/v2": "NewPCG",
	"unsafe": "Pointer", "weak": "Pointer[int]", "runtime/debug": "FreeOSMemory",
}

// imports puts the drop-in packages in the place of the real ones, and adds the
// runtime's.
func (f *file) imports() {
	for _, im := range f.AST.Imports {
		p, err := strconv.Unquote(im.Path.Value)
		if err != nil || swapped[p] == "" {
			continue
		}
		name := ""
		if im.Name == nil {
			name = path.Base(p) + " "
		}
		f.replace(im.Path.Pos(), im.Path.End(), name+strconv.Quote(f.module+"/"+swapped[p]))
	}
	text := ""
	for _, alias := range slices.Sorted(maps.Keys(f.extra)) {
		text += fmt.Sprintf("; import %s %q", alias, f.module+"/"+f.extra[alias])
	}
	f.after(f.AST.Name.End(), text)
}

// uses keeps imports in use whose functions may all have been replaced.
func (f *file) uses() string {
	text := "var _ = " + f.rt + ".Go\n"
	for _, im := range f.AST.Imports {
		p, err := strconv.Unquote(im.Path.Value)
		if err != nil || keepers[p] == "" {
			continue
		}
		name := path.Base(p) + "."
		if p == "math/rand/v2" {
			name = "rand."
		}
		if im.Name != nil {
			switch im.Name.Name {
			case "_":
				continue
			case ".":
				name = ""
			default:
				name = im.Name.Name + "."
			}
		}
		if p == "unsafe" || p == "weak" { // what it names is a type
			text += "var _ " + name + keepers[p] + "\n"
			continue
		}
		text += "var _ = " + name + keepers[p] + "\n"
	}
	return text
}
