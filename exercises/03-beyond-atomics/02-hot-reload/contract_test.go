package hotreload_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"heisenkata/exercises/03-beyond-atomics/02-hot-reload"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// upstreams are those that the programs use, which may have other hosts. Each differs from
// some others in one field.
var upstreams = [...]hotreload.Upstream{
	{Host: "a", Port: 80}, {Host: "a", Port: 443, TLS: true}, {Host: "a", Port: 8443, TLS: true},
	{Host: "b", Port: 80}, {Host: "b", Port: 443, TLS: true}, {Host: "b", Port: 443},
}

// most is more than the number of calls in a program.
const most = 16

// state is the upstreams that there were, in order, and the version that each request
// began with.
type state struct {
	upstreams string // the index of each, as a digit
	begun     [most]int
}

// version is that of the current upstream.
func (s state) version() int { return len(s.upstreams) }

// upstream is that of a version.
func (s state) upstream(version int) hotreload.Upstream {
	return upstreams[s.upstreams[version-1]-'0']
}

type (
	call    = contract.Call[*hotreload.Proxy, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*hotreload.Proxy, state]
)

// What each method does when no other call is running. Neither a request nor a reload
// delays another call, however slow the network is.
func proxy() contract.Contract[*hotreload.Proxy, state] {
	calls := 0
	return contract.Contract[*hotreload.Proxy, state]{
		Names: someHosts,
		New: func(r *rand.Rand) (*hotreload.Proxy, state) {
			i := r.IntN(len(upstreams))
			return hotreload.New(wire{}, upstreams[i]), state{upstreams: fmt.Sprint(i)}
		},
		Calls: []draw{forward(&calls), forward(&calls), reload, reload, current},
		Last:  []draw{current},
	}
}

// someHosts draws odd hosts in two of three tests, and in one of these an upstream of nothing.
func someHosts(r *rand.Rand) {
	if r.IntN(3) == 0 {
		return
	}
	hosts := life.Words(r, 2)
	for i := range upstreams {
		upstreams[i].Host = hosts[i/3]
	}
	if r.IntN(2) == 0 && hosts[1] != "" {
		upstreams[0], upstreams[1].Host, upstreams[2].Host = hotreload.Upstream{}, "", ""
	}
}

// Forward uses the upstream that is current when it begins.
func forward(calls *int) draw {
	return func(r *rand.Rand) call {
		*calls++
		number := *calls % most
		v := someVisit(r)
		resolving, sending := v.resolving, v.sending
		return call{
			Name: "Forward()" + v.String() + fails(sending, "its connection breaks"),
			Slow: true,
			Do: func(p *hotreload.Proxy, m contract.Moments) any {
				response, version, err := p.Forward(v.on(m), "request")
				return result(response, version, err, resolving, sending)
			},
			Steps: []step{
				func(s state) []outcome {
					s.begun[number] = s.version()
					return []outcome{{Out: "resolves " + shown(s.upstream(s.version()).Host), After: s}}
				},
				func(s state) []outcome {
					version := s.begun[number]
					if resolving != nil {
						return []outcome{{Out: fmt.Sprintf("no address, version %d", version), After: s, Ends: true}}
					}
					return []outcome{{Out: "sends to " + shown(text(s.upstream(version))), After: s}}
				},
				func(s state) []outcome {
					version := s.begun[number]
					if sending != nil {
						return []outcome{{Out: fmt.Sprintf("no connection, version %d", version), After: s}}
					}
					return []outcome{{Out: fmt.Sprintf("%s, version %d", answer(s.upstream(version), "request"), version), After: s}}
				},
			},
		}
	}
}

// Reload replaces the upstream once the new host is resolved. If that fails, it changes
// nothing.
func reload(r *rand.Rand) call {
	i, v := r.IntN(len(upstreams))*r.IntN(2), someVisit(r) // often the first
	resolving := v.resolving
	return call{
		Name: fmt.Sprintf("Reload(%s)", shown(text(upstreams[i]))) + v.String(),
		Slow: true,
		Do: func(p *hotreload.Proxy, m contract.Moments) any {
			version, err := p.Reload(v.on(m), upstreams[i])
			if err != nil {
				version = 0
			}
			return result("reloaded", version, err, resolving, nil)
		},
		Steps: []step{
			func(s state) []outcome { return []outcome{{Out: "resolves " + shown(upstreams[i].Host), After: s}} },
			func(s state) []outcome {
				if resolving != nil {
					return []outcome{{Out: "no address, version 0", After: s}}
				}
				s.upstreams += fmt.Sprint(i)
				return []outcome{{Out: fmt.Sprintf("reloaded, version %d", s.version()), After: s}}
			},
		},
	}
}

// Current returns the current upstream and its version.
func current(*rand.Rand) call {
	return call{
		Name: "Current()",
		Do: func(p *hotreload.Proxy, _ contract.Moments) any {
			u, version := p.Current()
			return fmt.Sprintf("%s, version %d", shown(text(u)), version)
		},
		Steps: []step{func(s state) []outcome {
			return []outcome{{Out: fmt.Sprintf("%s, version %d", shown(text(s.upstream(s.version()))), s.version()), After: s}}
		}},
	}
}

// someFailure may be the error of a context, too: the network has contexts of its own.
func someFailure(r *rand.Rand) error {
	switch r.IntN(10) {
	case 0:
		return oracle.Sentinel("the network is down")
	case 1:
		return life.Known(r)
	}
	return nil
}

func fails(err error, text string) string {
	if err == nil {
		return ""
	}
	return " (" + text + ")"
}

// result is what a call has returned.
func result(text string, version int64, err, resolving, sending error) string {
	switch {
	case err == nil:
	case resolving != nil && errors.Is(err, resolving):
		text = "no address"
	case sending != nil && errors.Is(err, sending):
		text = "no connection"
	default:
		text = err.Error()
	}
	return fmt.Sprintf("%s, version %d", text, version)
}

// shown is a host or an upstream as results show it, on one line.
func shown(text string) string { return strings.Trim(strconv.Quote(text), `"`) }

// A visit is a call, and what the network will do for it.
type visit struct {
	moments            contract.Moments
	resolving, sending error
	caller             context.Context
	end                func() // called while the host is resolved, unless it is nil
}

// someVisit has any context in one of three calls. It matters to the network only.
func someVisit(r *rand.Rand) visit {
	v := visit{resolving: someFailure(r), sending: someFailure(r), caller: context.Background()}
	if r.IntN(3) == 0 {
		var end func()
		v.caller, end = life.Context(r)
		if r.IntN(2) == 0 && v.caller.Done() != nil {
			v.end = end
		}
	}
	return v
}

func (v visit) String() string {
	text := ""
	switch {
	case v.caller.Err() != nil:
		text = " (its context is done)"
	case v.end != nil:
		text = " (its context ends while the host is resolved)"
	}
	return text + fails(v.resolving, "its host is unknown")
}

type visitKey struct{}

// on returns the context of a call.
func (v visit) on(m contract.Moments) context.Context {
	v.moments = m
	return context.WithValue(from(v.caller), visitKey{}, v)
}

// wire is a network that knows from the context which call it works for.
type wire struct{}

func (wire) Resolve(ctx context.Context, host string) (ip string, err error) {
	v := ctx.Value(visitKey{}).(visit)
	if v.end != nil {
		v.end()
	}
	v.moments.Next(strings.TrimSuffix("resolves "+shown(host)+" "+foreign(ctx), " "))
	return address(host), v.resolving
}

func (wire) Send(ctx context.Context, ip string, port uint16, tls bool, request string) (response string, err error) {
	v := ctx.Value(visitKey{}).(visit)
	u := at(ip, port, tls)
	v.moments.Next(strings.TrimSuffix("sends to "+shown(text(u))+" "+foreign(ctx), " "))
	return answer(u, request), v.sending
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, proxy(), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, proxy(), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// One call, while another goroutine replaces the upstream many times: whatever it reads
// twice has changed in between, however often it retries.
func TestScheduleOneAmongMany(t *testing.T) {
	c := proxy()
	calls := 0
	c.Calls, c.Busy = []draw{forward(&calls), current}, []draw{reload}
	contract.Check(t, c, contract.Shape{Goroutines: 2, Calls: 1, Many: 40})
}

// The network is slow for one call, until all others have returned.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, proxy(), contract.Shape{Before: 1, Goroutines: 3, Calls: 2, Hold: true})
}

// Two proxies have nothing to do with each other.
func TestTwoProxies(t *testing.T) {
	contract.Apart(t, proxy())
}
