// Package main is what generated programs share. It is built with them, once as
// it is and once rewritten.
package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// out is what a program says, each word with the line that it is said on.
type out struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *out) say(vs ...any) { o.add(2, fmt.Sprint(vs...)) }

func (o *out) add(skip int, text string) {
	_, file, line, _ := runtime.Caller(skip)
	o.mu.Lock()
	defer o.mu.Unlock()
	fmt.Fprintf(&o.b, "%s:%d %s\n", filepath.Base(file), line, text)
}

// at is v, and says that it has been evaluated, and where.
func at[T any](o *out, v T) T {
	switch any(v).(type) {
	case int, string, bool, flag:
		o.add(2, fmt.Sprint("at ", v))
	default:
		o.add(2, "at")
	}
	return v
}

var trace out

// note is an initialiser that says when it runs.
func note(name string, deps ...int) int {
	n := len(name)
	for _, d := range deps {
		n += d
	}
	trace.add(2, fmt.Sprint(name, " ", deps))
	return n
}

type (
	ints   chan int
	source <-chan int
	sink   chan<- int
	alias  = chan int
	flag   bool
	small  uint8
	word   string
	point  struct{ x, y int }
	taker  func(int) int
)

type box struct {
	n    int
	u    uint64
	k    small
	w    float64
	b    flag
	s    string
	a    any
	f    func(int) int
	c    chan int
	in   struct{ n int }
	next *box
}

func (b *box) add(o *out, n int) int { b.n += n; o.say("add ", b.n); return b.n }

func (b box) get(o *out, n int) int { o.say("get ", b.n+n); return b.n + n }

type getter interface{ get(o *out, n int) int }

type pair[T any] struct {
	c chan T
	v T
}

func (p *pair[T]) put(v T) *pair[T] { p.c <- v; return p }
func (p *pair[T]) take() (v T)      { v = <-p.c; p.v = v; return }
func (p *pair[T]) shut()            { close(p.c) }
func (p *pair[T]) shutSoon()        { go close(p.c) }

func newPair[T any](vs ...T) *pair[T] {
	p := &pair[T]{c: make(chan T, len(vs)+4)}
	for _, v := range vs {
		p.put(v)
	}
	return p
}

// full is a closed channel that holds vs; open one that is not closed and has room.
func full[T any](vs ...T) chan T {
	c := open(vs...)
	close(c)
	return c
}

func open[T any](vs ...T) chan T {
	c := make(chan T, len(vs)+4)
	for _, v := range vs {
		c <- v
	}
	return c
}

func twice(n int) int { return 2 * n }

func two(n int) (int, int) { return n, n + 1 }

func same[T any](v T) T { return v }

func idx(n int) int { return (n%3 + 3) % 3 }

func key(n int) string { return string(rune('a' + idx(n))) }

func sum(ns ...int) (n int) {
	for _, v := range ns {
		n += v
	}
	return n
}

func caught(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return
}

func sorted(ss []string) string { sort.Strings(ss); return strings.Join(ss, ",") }

// What follows has channels and maps for type parameters.

type channel[T any] interface{ ~chan T }

func sendC[C ~chan T | ~chan<- T, T any](c C, v T) { c <- v }

func recvC[C channel[T], T any](c C) (T, bool) {
	v, ok := <-c
	return v, ok
}

func lastC[C ~chan T, T any](c C) (last T) {
	for v := range c {
		v := v
		last = v
	}
	return <-same(func() C { d := make(C, 1); d <- last; close(d); return d }())
}

func eitherC[C ~<-chan T, D interface{ ~chan<- T }, T any](c C, d D, v T) (got T, sent bool) {
	select {
	case got = <-c:
	case d <- v:
		sent = true
	}
	return
}

func countM[M ~map[K]V, K comparable, V any](m M) (n int) {
	for k, v := range m {
		_, k := v, k
		delete(m, k)
		n++
	}
	return n
}

func closeC[C interface{ ~chan T }, T any](c C) { close(c) }

func addTo[N ~int | ~float64](p *N, n N) N {
	*p += n
	*p++
	return *p
}
