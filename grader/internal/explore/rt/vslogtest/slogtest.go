// Package slogtest stands in for testing/slogtest in instrumented code, whose tests have a
// different T.
package slogtest

import (
	"context"
	"log/slog"
	"slices"
	"testing/slogtest"

	"heisenkata/grader/internal/explore/rt/vtesting"
)

// TestHandler is slogtest.TestHandler.
func TestHandler(h slog.Handler, results func() []map[string]any) error {
	return slogtest.TestHandler(h, results)
}

// Run tests a new handler with each record that TestHandler has. Its cases are one
// test here, not a subtest each.
func Run(t *testing.T, newHandler func(*testing.T) slog.Handler, result func(*testing.T) map[string]any) {
	var results []map[string]any
	fresh := proxy{
		make: func() slog.Handler { return newHandler(t) },
		took: func() { results = append(results, result(t)) },
	}
	if err := slogtest.TestHandler(fresh, func() []map[string]any { return results }); err != nil {
		t.Error(err)
	}
}

// proxy makes a handler for each record, with the attributes and groups it has by then.
type proxy struct {
	make func() slog.Handler
	took func()
	with []func(slog.Handler) slog.Handler
}

func (p proxy) and(step func(slog.Handler) slog.Handler) slog.Handler {
	p.with = append(slices.Clone(p.with), step)
	return p
}

// Enabled calls a new handler.
func (p proxy) Enabled(ctx context.Context, l slog.Level) bool { return p.make().Enabled(ctx, l) }

// WithAttrs remembers the attributes.
func (p proxy) WithAttrs(attrs []slog.Attr) slog.Handler {
	return p.and(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup remembers the group.
func (p proxy) WithGroup(name string) slog.Handler {
	return p.and(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

// Handle has a new handler handle the record, and takes its result.
func (p proxy) Handle(ctx context.Context, r slog.Record) error {
	h := p.make()
	for _, step := range p.with {
		h = step(h)
	}
	err := h.Handle(ctx, r)
	p.took()
	return err
}
