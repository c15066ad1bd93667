// Package hotreload forwards requests to a server whose address may change at any time.
package hotreload

import (
	"context"
	"sync/atomic"
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

	host    atomic.Pointer[string]
	port    atomic.Uint32
	tls     atomic.Bool
	version atomic.Int64
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	p := &Proxy{network: n}
	p.set(u)
	return p
}

// Forward resolves the host of the current upstream, sends it the request, and returns
// the response, and the version of the upstream that it was sent to. An error is the
// network's; the version is returned with it.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, version int64, err error) {
	ip, err := p.network.Resolve(ctx, *p.host.Load())
	if err != nil {
		return "", p.version.Load(), err
	}
	response, err = p.network.Send(ctx, ip, uint16(p.port.Load()), p.tls.Load(), request)
	return response, p.version.Load(), err
}

// Reload replaces the upstream, and returns the version of the new one: each is one more
// than the last. If its host cannot be resolved, nothing changes, and Reload returns the
// error.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (version int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	return p.set(u), nil
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	u = Upstream{Host: *p.host.Load(), Port: uint16(p.port.Load()), TLS: p.tls.Load()}
	return u, p.version.Load()
}

func (p *Proxy) set(u Upstream) (version int64) {
	p.host.Store(&u.Host)
	p.port.Store(uint32(u.Port))
	p.tls.Store(u.TLS)
	return p.version.Add(1)
}
