package sees

import (
	"log"
	"log/slog"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// calls are the functions that have called the caller, innermost first, without the
// package's own path.
func calls() string {
	pcs := make([]uintptr, 40)
	var names []string
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		names = append(names, f.Function[strings.LastIndex(f.Function, "/")+1:])
	}
	return strings.Join(names, " ")
}

type writing func()

func (w writing) Write(p []byte) (int, error) { w(); return len(p), nil }

// want: pass
func TestCallers(t *testing.T) {
	seen := make(map[string]string)
	var mu sync.Mutex
	note := func(name string) {
		mu.Lock()
		seen[name] = calls()
		mu.Unlock()
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { note("go"); wg.Done() }()
	wg.Go(func() { note("wait group") })
	wg.Wait()
	var once sync.Once
	once.Do(func() { note("once") })
	t.Run("sub", func(t *testing.T) { note("sub") })
	log.New(writing(func() { note("log") }), "", 0).Print("x")
	slog.New(slog.NewTextHandler(writing(func() { note("slog") }), nil)).Info("x")
	note("test")
	for name, want := range map[string]string{
		"go":         "sees.TestCallers.func1 sees.TestCallers.func2 runtime.goexit",
		"wait group": "sees.TestCallers.func1 sees.TestCallers.func3 sync.(*WaitGroup).Go.func1 runtime.goexit",
		"once":       "sees.TestCallers.func1 sees.TestCallers.func4 sync.(*Once).doSlow sync.(*Once).Do sees.TestCallers testing.tRunner runtime.goexit",
		"sub":        "sees.TestCallers.func1 sees.TestCallers.func5 testing.tRunner runtime.goexit",
		"log":        "sees.TestCallers.func1 sees.TestCallers.func6 sees.writing.Write log.(*Logger).output log.(*Logger).Print sees.TestCallers testing.tRunner runtime.goexit",
		"slog":       "sees.TestCallers.func1 sees.TestCallers.func7 sees.writing.Write slog.(*commonHandler).handle slog.(*TextHandler).Handle slog.(*Logger).log slog.(*Logger).Info sees.TestCallers testing.tRunner runtime.goexit",
		"test":       "sees.TestCallers.func1 sees.TestCallers testing.tRunner runtime.goexit",
	} {
		if seen[name] != want {
			t.Errorf("%s:\n%s instead of\n%s", name, seen[name], want)
		}
	}
}

// want: pass
func TestCallerBeyond(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	mu.Unlock()
	for skip, want := range []string{"callers_test.go", "testing.go", "asm_"} {
		if _, file, _, ok := runtime.Caller(skip); !ok || !strings.HasPrefix(filepath.Base(file), want) {
			t.Error(skip, file, ok)
		}
	}
	if _, _, _, ok := runtime.Caller(3); ok {
		t.Error("a caller of all")
	}
	if n := runtime.Callers(3, make([]uintptr, 9)); n != 1 {
		t.Error(n)
	}
}

// want: pass
func TestNames(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	mu.Unlock()
	if f := runtime.FuncForPC(reflect.ValueOf(TestNames).Pointer()); !strings.HasSuffix(f.Name(), "/sees.TestNames") {
		t.Error(f.Name())
	}
	t.Run("sub", func(t *testing.T) {
		pc, _, _, _ := runtime.Caller(0)
		if f := runtime.FuncForPC(pc); !strings.HasSuffix(f.Name(), "/sees.TestNames.func1") {
			t.Error(f.Name())
		}
	})
}

// Code that is not rewritten asks the runtime for names, too.
//
// want: pass
func TestNamesInALibrary(t *testing.T) {
	var text strings.Builder
	l := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{AddSource: true, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if s, ok := a.Value.Any().(*slog.Source); ok {
			a.Value = slog.StringValue(s.Function[strings.LastIndex(s.Function, "/")+1:])
		}
		return a
	}}))
	l.Info("x")
	func() { l.Info("y") }()
	t.Run("sub", func(t *testing.T) { l.Info("z") })
	var got []string
	for line := range strings.Lines(text.String()) {
		_, name, _ := strings.Cut(line, "source=")
		name, _, _ = strings.Cut(name, " ")
		got = append(got, name)
	}
	if want := "sees.TestNamesInALibrary sees.TestNamesInALibrary.func2 sees.TestNamesInALibrary.func3"; strings.Join(got, " ") != want {
		t.Error(got)
	}
}
