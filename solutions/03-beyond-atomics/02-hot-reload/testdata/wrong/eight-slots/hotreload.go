// caught by: explore in TestScheduleOneAmongMany
// Wrong: eight slots are used in turn, and a reader that is overtaken by eight reloads mixes two upstreams.

// Package hotreload forwards requests to a server whose address may change at any time.
package hotreload

import (
	"context"
	"sync"
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
	mu      sync.Mutex // of Reload
	slots   [8]slot    // the last upstreams, so that a reader need not hurry
	version atomic.Int64
}

// slot has one upstream. Reload fills the one that was not used for the longest time.
type slot struct {
	host atomic.Pointer[string]
	port atomic.Uint32
	tls  atomic.Bool
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	p := &Proxy{network: n}
	p.set(u)
	return p
}

// Forward sends the request to the current upstream.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, version int64, err error) {
	u, version := p.Current()
	ip, err := p.network.Resolve(ctx, u.Host)
	if err != nil {
		return "", version, err
	}
	response, err = p.network.Send(ctx, ip, u.Port, u.TLS, request)
	return response, version, err
}

// Reload replaces the upstream, and returns the version of the new one.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (version int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	return p.set(u), nil
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	version = p.version.Load()
	s := &p.slots[version%int64(len(p.slots))]
	return Upstream{Host: *s.host.Load(), Port: uint16(s.port.Load()), TLS: s.tls.Load()}, version
}

func (p *Proxy) set(u Upstream) (version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	version = p.version.Load() + 1
	s := &p.slots[version%int64(len(p.slots))]
	s.host.Store(&u.Host)
	s.port.Store(uint32(u.Port))
	s.tls.Store(u.TLS)
	p.version.Store(version)
	return version
}
