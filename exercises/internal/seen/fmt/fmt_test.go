package fmt

import (
	"context"
	"errors"
	std "fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

type named struct {
	Name string
	fn   func()
}

func (n named) String() string { return n.Name }

type pair struct {
	A any
	b any
}

// What people print is printed as the standard library does.
func TestPassedOn(t *testing.T) {
	err := errors.New("gone")
	for _, a := range []any{
		nil, 1, "a", true, 1.5, 'x', []int{1}, []string{"a"}, map[string]int{"a": 1}, err, []error{err, io.EOF},
		pair{1, "b"}, &pair{1, []string{"x"}}, named{"n", func() {}}, []named{{"n", func() {}}}, &pair{named{"n", nil}, 1},
		time.Second, []time.Duration{1}, time.Unix(0, 0).UTC(), errors.Join(err, err), std.Errorf("x: %w", err),
		context.DeadlineExceeded, struct{}{}, [2]bool{}, (*pair)(nil), pair{nil, nil}, [][]byte{[]byte("x")},
	} {
		assert.Equal(t, std.Sprint(a), Sprint(a))
		assert.Equal(t, std.Sprint("x", a, 1, a), Sprint("x", a, 1, a))
		assert.Equal(t, std.Sprintf("%v %+v %s %q %%", a, a, a, a), Sprintf("%v %+v %s %q %%", a, a, a, a))
	}
	assert.Equal(t, std.Sprintf("%03d of %-5d", 1, int8(2)), Sprintf("%03d of %-5d", 1, int8(2)))
	wrapped := Errorf("no: %w, %w", err, io.EOF)
	assert.ErrorIs(t, wrapped, err)
	assert.ErrorIs(t, wrapped, io.EOF)
	assert.Equal(t, err, errors.Unwrap(Errorf("x %d: %w", 1, err)))
}

// What differs from build to build is refused.
func TestRefused(t *testing.T) {
	var mu sync.Mutex
	var n atomic.Int64
	f, c, x := func() {}, make(chan int), 1
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), pair{}, &mu))
	defer cancel()
	var once sync.Once
	for _, a := range []any{
		f, c, &x, &mu, &n, &once, &sync.WaitGroup{}, &sync.Map{}, &sync.Pool{}, sync.NewCond(&mu), &atomic.Pointer[int]{}, ctx,
		pair{f, 1}, pair{1, f}, &pair{1, &x}, []any{c}, []func(){f}, map[string]any{"a": &x}, map[any]int{&x: 1}, &pair{&pair{}, 1},
		[]chan int{c}, struct{ m *sync.Mutex }{&mu}, struct{ n any }{ctx}, [1]*int{&x}, time.NewTimer(time.Hour),
	} {
		assert.PanicsWithValue(t, refusal, func() { Sprint(a) }, std.Sprint(a))
		assert.PanicsWithValue(t, refusal, func() { Sprintf("%d %v", 1, a) }, std.Sprint(a))
	}
	for _, format := range []string{"%d", "%[1]d", "%[1]v", "%*v"} { // these may not ask it for its text
		assert.Panics(t, func() { Sprintf(format, named{"n", f}) }, format)
	}
	var boxed any = f
	var w strings.Builder
	for name, print := range map[string]func(){
		"Append": func() { Append(nil, boxed) }, "Appendf": func() { Appendf(nil, "%v", boxed) }, "Appendln": func() { Appendln(nil, boxed) },
		"Errorf": func() { _ = Errorf("%v", boxed) }, "Fprint": func() { Fprint(&w, boxed) }, "Fprintf": func() { Fprintf(&w, "%v", boxed) },
		"Fprintln": func() { Fprintln(&w, boxed) }, "Print": func() { Print(boxed) }, "Printf": func() { Printf("%v", boxed) },
		"Println": func() { Println(boxed) }, "Sprintln": func() { Sprintln(boxed) },
	} {
		assert.PanicsWithValue(t, refusal, print, name)
	}
	assert.Empty(t, w.String())
}
