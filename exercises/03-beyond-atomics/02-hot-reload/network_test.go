package hotreload_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/02-hot-reload"
	"heisenkata/exercises/internal/life"
)

// A network resolves each host to an address of its own, and answers each request with
// what it was sent to.
type network struct {
	resolving func(host string) error    // called while a host is resolved; may be nil
	sending   func(request string) error // called while a request is sent; may be nil

	mu       sync.Mutex
	given    context.Context // the context that it was given last
	resolved int             // how many hosts were resolved
	sent     int             // how many requests were sent
}

func (n *network) Resolve(ctx context.Context, host string) (ip string, err error) {
	n.mu.Lock()
	n.given = ctx
	n.resolved++
	n.mu.Unlock()
	if n.resolving != nil {
		err = n.resolving(host)
	}
	return address(host), ifForeign(ctx, err)
}

func (n *network) Send(ctx context.Context, ip string, port uint16, tls bool, request string) (response string, err error) {
	n.mu.Lock()
	n.given = ctx
	n.sent++
	n.mu.Unlock()
	if n.sending != nil {
		err = n.sending(request)
	}
	return answer(at(ip, port, tls), request), ifForeign(ctx, err)
}

// unnamed is the host whose address is the empty string.
const unnamed = "b"

// address is that of a host.
func address(host string) string {
	if host == unnamed {
		return ""
	}
	return "ip of " + host
}

// at is the upstream at an address.
func at(ip string, port uint16, tls bool) hotreload.Upstream {
	host, named := strings.CutPrefix(ip, "ip of ")
	if ip == "" && !named {
		host = unnamed
	}
	return hotreload.Upstream{Host: host, Port: port, TLS: tls}
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

type callerKey struct{}

// ctx is the context of most calls.
var ctx = from(context.Background())

// from returns a context that knows the caller's.
func from(caller context.Context) context.Context {
	return context.WithValue(caller, callerKey{}, caller)
}

// foreign says how the context that the network got differs from the caller's. It is empty
// if there is no difference.
func foreign(ctx context.Context) string {
	caller, known := ctx.Value(callerKey{}).(context.Context)
	if !known {
		return "with a context that has not the values of the caller's"
	}
	deadline, limited := ctx.Deadline()
	callers, callerLimited := caller.Deadline()
	switch {
	case limited != callerLimited || !deadline.Equal(callers):
		return "with a context that has another deadline than the caller's"
	case ctx.Err() != nil && caller.Err() == nil:
		return "with a context that is done, and the caller's is not"
	case ctx.Done() == nil && caller.Done() != nil:
		return "with a context that is never done, whatever happens to the caller's"
	case caller.Err() != nil:
		<-ctx.Done()
	}
	return ""
}

// ifForeign returns err, or an error that says what is wrong with the context.
func ifForeign(ctx context.Context, err error) error {
	if difference := foreign(ctx); difference != "" {
		return errors.New("the network was called " + difference)
	}
	return err
}

// someGiven draws the context for a call that the network makes: the one that it was given, or
// another.
func (n *network) someGiven(r *rand.Rand) context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	return []context.Context{ctx, n.given}[r.IntN(2)]
}

// asked returns how many hosts were resolved and how many requests were sent.
func (n *network) asked() (resolved, sent int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.resolved, n.sent
}

// texts are hosts and requests; the first are drawn most. Any string may be one: it
// belongs to the network.
var texts = []string{
	"a.example.com", "b.example.com", "", unnamed, "192.0.2.1", "A.Example.COM", "a.example.com.", " a.example.com",
	"a.example.com\n", "unix:/run/App.sock", "[2001:db8::1]", "Aa", "BB", "\x00", "\xff", "%s",
	long + "b", long + "c", "b" + long,
}

// long is longer than the numbers that a fix may hold.
var long = strings.Repeat("a", max(300, life.Beyond(1<<16, 0)))

func someText(r *rand.Rand) string { return texts[life.Size(r, len(texts))-1] }

// someUpstream often differs from another one in one field only.
func someUpstream(r *rand.Rand) hotreload.Upstream {
	return hotreload.Upstream{
		Host: someText(r),
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
	if got == want && v == version {
		return true
	}
	return assert.Fail(t, "wrong upstream", "%s: version %d should be %s, and version %d is %s", story, version, life.Quoted(text(want)), v, life.Quoted(text(got)))
}
