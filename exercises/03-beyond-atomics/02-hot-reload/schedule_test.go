package hotreload_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/02-hot-reload"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

var (
	first  = hotreload.Upstream{Host: "old", Port: 80}
	second = hotreload.Upstream{Host: "new", Port: 443, TLS: true}
	third  = hotreload.Upstream{Host: "other", Port: 8443}
)

// quick is a network that does nothing but answer.
type quick struct{}

func (quick) Resolve(_ context.Context, host string) (ip string, err error) {
	return address(host), nil
}

func (quick) Send(_ context.Context, ip string, port uint16, tls bool, request string) (response string, err error) {
	return answer(at(ip, port, tls), request), nil
}

// One request, while the upstream is replaced.
func TestScheduleRequestMeetsReload(t *testing.T) {
	p := hotreload.New(quick{}, first)
	var group sync.WaitGroup
	group.Go(func() {
		_, err := p.Reload(ctx, second)
		assert.NoError(t, err)
	})
	response, version, err := p.Forward(ctx, "answer")
	group.Wait()
	assert.NoError(t, err)
	switch {
	case version == 1 && response == answer(first, "answer"):
	case version == 2 && response == answer(second, "answer"):
	default:
		t.Errorf("The upstream was %s, and was replaced by %s, version 2. A request got an %s, version %d", text(first), text(second), response, version)
	}
}

// The upstream is replaced twice at the same time, and sometimes by several goroutines, each
// of which does it more often than a number that the fix holds.
func TestScheduleTwoReloads(t *testing.T) {
	if often := life.Crowd(oracle.Random(t), 12); often > 0 {
		manyReloads(t, 4, often)
	}
	p := hotreload.New(quick{}, first)
	var group sync.WaitGroup
	var one, two int64
	group.Go(func() { one, _ = p.Reload(ctx, second) })
	two, _ = p.Reload(ctx, third)
	group.Wait()
	got, version := p.Current()
	switch {
	case one == 2 && two == 3 && got == third && version == 3:
	case one == 3 && two == 2 && got == second && version == 3:
	default:
		t.Errorf("Two reloads at once: %s became version %d, and %s version %d. Now the upstream is %s, version %d",
			text(second), one, text(third), two, text(got), version)
	}
}

// manyReloads fails t unless each reload has a version of its own, however many others come
// between two looks at the current one.
func manyReloads(t *testing.T, goroutines, each int) {
	t.Helper()
	p := hotreload.New(quick{}, first)
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for range each {
				_, err := p.Reload(ctx, second)
				assert.NoError(t, err, "%d goroutines reload %d times each, and the network works", goroutines, each)
			}
		})
	}
	group.Wait()
	assertCurrent(t, p, second, int64(1+goroutines*each), fmt.Sprintf("%d goroutines have reloaded %d times each", goroutines, each))
}
