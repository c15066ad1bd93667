// caught by: tests in TestOldVersionsAreForgotten
// Wrong: number and upstream are published in order, but a map of all versions grows with each reload, and there may be a
// billion.

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
	network  Network
	versions sync.Map // version to Upstream
	last     atomic.Int64
	mu       sync.Mutex // held to add a version
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	p := &Proxy{network: n}
	p.add(u)
	return p
}

// Forward resolves the host of the current upstream, sends it the request, and returns
// the response, and the version of the upstream that it was sent to. An error is the
// network's; the version is returned with it.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, version int64, err error) {
	u, version := p.Current()
	ip, err := p.network.Resolve(ctx, u.Host)
	if err != nil {
		return "", version, err
	}
	response, err = p.network.Send(ctx, ip, u.Port, u.TLS, request)
	return response, version, err
}

// Reload replaces the upstream, and returns the version of the new one: each is one more
// than the last. If its host cannot be resolved, nothing changes, and Reload returns the
// error.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (version int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	return p.add(u), nil
}

// add adds a version before it makes it current.
func (p *Proxy) add(u Upstream) (version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	version = p.last.Load() + 1
	p.versions.Store(version, u)
	p.last.Store(version)
	return version
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	version = p.last.Load()
	found, _ := p.versions.Load(version)
	return found.(Upstream), version
}
