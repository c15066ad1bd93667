// caught by: tests or race in TestReloadDuringResolve
// Wrong: the last 1,024 versions are kept, and a slow request finds its own overwritten.

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

	mu       sync.Mutex // guards what follows; not held while the network is used
	version  int64
	versions [1024]Upstream // of each version, as long as it is one of the last
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	p := &Proxy{network: n, version: 1}
	p.versions[1] = u
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
	u = p.of(version)
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
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version++
	p.versions[p.version%int64(len(p.versions))] = u
	return p.version, nil
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.versions[p.version%int64(len(p.versions))], p.version
}

func (p *Proxy) of(version int64) Upstream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.versions[version%int64(len(p.versions))]
}
