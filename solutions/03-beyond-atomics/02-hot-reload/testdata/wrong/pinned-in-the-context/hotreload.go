// caught by: tests in TestReloadDuringResolve
// Wrong: a request made with the context that the network was given uses the upstream of the outer request, even after a reload

// Package hotreload forwards requests to a server whose address may change at any time.
package hotreload

import (
	"context"
	"sync"
)

// Upstream is where requests go.
type Upstream struct {
	Host string
	Port uint16
	TLS  bool
}

// Network is what a proxy needs from the network. Both methods are safe for concurrent
// use, get the context of the call, and may be slow. They may call methods of the proxy.
type Network interface {
	Resolve(ctx context.Context, host string) (ip string, err error)
	Send(ctx context.Context, ip string, port uint16, tls bool, request string) (response string, err error)
}

// Proxy forwards requests to its current upstream.
//
// All methods are safe for concurrent use.
type Proxy struct {
	network Network

	mu  sync.Mutex
	now current
}

type current struct {
	Upstream
	version int64
}

// pin is the key of the upstream that a request uses.
type pin struct{ *Proxy }

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	return &Proxy{network: n, now: current{u, 1}}
}

// Forward resolves the host of the current upstream, sends it the request, and returns
// the response, and the version of the upstream that it was sent to. An error is the
// network's; the version is returned with it.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, version int64, err error) {
	now, pinned := ctx.Value(pin{p}).(current)
	if !pinned {
		now = p.get()
		ctx = context.WithValue(ctx, pin{p}, now) // one request, one upstream
	}
	ip, err := p.network.Resolve(ctx, now.Host)
	if err != nil {
		return "", now.version, err
	}
	response, err = p.network.Send(ctx, ip, now.Port, now.TLS, request)
	return response, now.version, err
}

// Reload replaces the upstream, and returns the version of the new one: each is one more
// than the last. If its host cannot be resolved, nothing changes, and Reload returns the
// error.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (version int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = current{u, p.now.version + 1}
	return p.now.version, nil
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	now := p.get()
	return now.Upstream, now.version
}

func (p *Proxy) get() current {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}
