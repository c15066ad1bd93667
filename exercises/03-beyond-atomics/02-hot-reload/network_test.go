package hotreload_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/02-hot-reload"
)

// A network resolves each host to an address of its own, and answers each request with
// what it was sent to.
type network struct {
	resolving func(host string) error    // called while a host is resolved; may be nil
	sending   func(request string) error // called while a request is sent; may be nil

	mu       sync.Mutex
	resolved int  // how many hosts were resolved
	sent     int  // how many requests were sent
	strange  bool // a context was not that of the call
}

func (n *network) Resolve(ctx context.Context, host string) (ip string, err error) {
	n.mu.Lock()
	n.resolved++
	n.strange = n.strange || ctx.Value(callKey{}) == nil
	n.mu.Unlock()
	if n.resolving != nil {
		err = n.resolving(host)
	}
	return "ip of " + host, err
}

func (n *network) Send(ctx context.Context, ip string, port uint16, tls bool, request string) (response string, err error) {
	n.mu.Lock()
	n.sent++
	n.strange = n.strange || ctx.Value(callKey{}) == nil
	n.mu.Unlock()
	if n.sending != nil {
		err = n.sending(request)
	}
	return answer(at(ip, port, tls), request), err
}

// at is the upstream at an address.
func at(ip string, port uint16, tls bool) hotreload.Upstream {
	return hotreload.Upstream{Host: strings.TrimPrefix(ip, "ip of "), Port: port, TLS: tls}
}

// answer is what an upstream answers.
func answer(u hotreload.Upstream, request string) string {
	return fmt.Sprintf("%s from %s", request, text(u))
}

// text is an upstream as it is written in URLs.
func text(u hotreload.Upstream) string {
	scheme := "http"
	if u.TLS {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, u.Host, u.Port)
}

type callKey struct{}

// ctx is the context of all calls of these networks.
var ctx = context.WithValue(context.Background(), callKey{}, true)

// asked returns how many hosts were resolved and how many requests were sent.
func (n *network) asked() (resolved, sent int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.resolved, n.sent
}

// someUpstream often differs from another one in one field only.
func someUpstream(r *rand.Rand) hotreload.Upstream {
	return hotreload.Upstream{
		Host: []string{"a.example.com", "b.example.com", "", "192.0.2.1"}[r.IntN(4)],
		Port: []uint16{80, 443, 8443, 0, 65535, uint16(r.IntN(1 << 16))}[r.IntN(6)],
		TLS:  r.IntN(2) == 0,
	}
}

// other returns an upstream that differs from u, in one field or more.
func other(r *rand.Rand, u hotreload.Upstream) hotreload.Upstream {
	for {
		if v := someUpstream(r); v != u {
			return v
		}
	}
}

// assertCurrent fails t unless p has this upstream.
func assertCurrent(t testing.TB, p *hotreload.Proxy, want hotreload.Upstream, version int64, story string) bool {
	t.Helper()
	got, v := p.Current()
	return assert.Equal(t, fmt.Sprint(text(want), " is version ", version), fmt.Sprint(text(got), " is version ", v), story)
}
