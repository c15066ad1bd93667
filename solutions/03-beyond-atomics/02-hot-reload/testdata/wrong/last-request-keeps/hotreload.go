// caught by: tests in TestOldVersionsAreForgotten
// Wrong: a version that was replaced while a request used it stays forever.

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
type Proxy struct {
	network Network

	mu       sync.Mutex         // guards all below
	versions map[int64]*version // the current one, and those that requests use
	current  int64
}

type version struct {
	upstream Upstream
	requests int // how many use it
}

// New returns a proxy for an upstream, which is version 1.
func New(n Network, u Upstream) *Proxy {
	return &Proxy{network: n, versions: map[int64]*version{1: {upstream: u}}, current: 1}
}

// Forward sends a request to the current upstream.
func (p *Proxy) Forward(ctx context.Context, request string) (response string, number int64, err error) {
	number, u := p.begin()
	defer p.end(number)
	ip, err := p.network.Resolve(ctx, u.Host)
	if err != nil {
		return "", number, err
	}
	response, err = p.network.Send(ctx, ip, u.Port, u.TLS, request)
	return response, number, err
}

func (p *Proxy) begin() (number int64, u Upstream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.versions[p.current]
	v.requests++
	return p.current, v.upstream
}

func (p *Proxy) end(number int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.versions[number].requests--
}

// Reload replaces the upstream.
func (p *Proxy) Reload(ctx context.Context, u Upstream) (number int64, err error) {
	if _, err := p.network.Resolve(ctx, u.Host); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.versions[p.current].requests == 0 {
		delete(p.versions, p.current)
	}
	p.current++
	p.versions[p.current] = &version{upstream: u}
	return p.current, nil
}

// Current returns the current upstream and its version.
func (p *Proxy) Current() (u Upstream, number int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.versions[p.current].upstream, p.current
}
