// caught by: explore in TestScheduleManyCalls
// Wrong: the empty upstream is stored without a look at what came meanwhile

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
	current atomic.Pointer[snapshot]
}

// snapshot is an upstream and its version. It never changes.
type snapshot struct {
	upstream Upstream
	version  int64
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	p := &Proxy{network: n}
	p.current.Store(&snapshot{u, 1})
	return p
}

// Forward resolves the host of the current upstream, sends it the request, and returns
// the response, and the version of the upstream that it was sent to. An error is the
// network's; the version is returned with it.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, version int64, err error) {
	s := p.current.Load() // the only look: all that follows is about this upstream
	ip, err := p.network.Resolve(ctx, s.upstream.Host)
	if err != nil {
		return "", s.version, err
	}
	response, err = p.network.Send(ctx, ip, s.upstream.Port, s.upstream.TLS, request)
	return response, s.version, err
}

// Reload replaces the upstream, and returns the version of the new one: each is one more
// than the last. If its host cannot be resolved, nothing changes, and Reload returns the
// error.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (version int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	if u == (Upstream{}) {
		old := p.current.Load()
		p.current.Store(&snapshot{u, old.version + 1})
		return old.version + 1, nil
	}
	for {
		old := p.current.Load()
		replacement := &snapshot{u, old.version + 1}
		if p.current.CompareAndSwap(old, replacement) {
			return replacement.version, nil
		}
	}
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	s := p.current.Load()
	return s.upstream, s.version
}
