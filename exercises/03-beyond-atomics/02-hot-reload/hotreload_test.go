package hotreload_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/02-hot-reload"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// within runs fn, and says what a call that hangs may wait for.
func within(t *testing.T, fn func()) {
	t.Helper()
	oracle.Within(t, fn, "a call hangs. While the network is slow, does a call hold what another one needs?")
}

// Requests and reloads, one after the other.
func TestOneByOne(t *testing.T) {
	random := oracle.Random(t)
	times, more, long := 60, 0, []string(nil)
	if oracle.Large(t) {
		times, more, long = 300, oracle.Often(), life.LongTwins(5000)
	}
	if long != nil {
		within(t, func() {
			assertCountsFar(t, oracle.Far())
			assertAllReload(t)
		})
	}
	within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			here, began := oracle.WhoIsHere(), time.Now()
			n := &network{}
			u := someUpstream(random)
			p := hotreload.New(n, u)
			for version := range int64(times) {
				if !forwards(t, n.someContext(t, random), n, p, u, version+1, someText(random)) {
					return
				}
				u = someUpstream(random)
				got, err := p.Reload(n.someContext(t, random), u)
				if err != nil || got != version+2 {
					t.Errorf("reload number %d must return version %d: version %d and error %v were returned", version+1, version+2, got, err)
					return
				}
			}
			for range more {
				_, _ = p.Reload(ctx, u) // a wrong version shows in the next one
			}
			for range more {
				_, _, _ = p.Forward(ctx, "")
			}
			n.resolving, n.sending = nil, nil
			for _, text := range long {
				u.Host = text
				_, _ = p.Reload(ctx, u)
				more++
				if !oneByOne(t, n, p, u, int64(times+more+1), text) {
					return
				}
			}
			oneByOne(t, n, p, u, int64(times+more+1), "the last request")
			assert.Zero(t, time.Since(began), "the network took no time. What did a call wait for?")
			here.AssertNothingGoesOn(t, "All calls have returned.")
		})
	})
}

// assertCountsFar fails t if a proxy loses count of its versions.
func assertCountsFar(t *testing.T, reloads int) {
	t.Helper()
	u := hotreload.Upstream{Host: "a"}
	p := hotreload.New(quick{}, u)
	for i := range reloads {
		if version, err := p.Reload(ctx, u); err != nil || version != int64(i+2) {
			t.Errorf("reload number %d must return version %d: version %d and error %v were returned", i+1, i+2, version, err)
			return
		}
	}
	assertCurrent(t, p, u, int64(reloads+1), "nothing else is running")
}

// assertAllReload fails t unless each of many reloads has a version of its own, however often
// others come between its two looks at the current one.
func assertAllReload(t *testing.T) {
	t.Helper()
	const parties = 4
	each := oracle.Many()
	if life.Limits(20) != nil { // perhaps a number of attempts: the more reloads, the more of them lose so often
		each *= 10
	}
	p := hotreload.New(quick{}, first)
	var failed atomic.Int64
	oracle.Together(parties, func(int) {
		for range each {
			if _, err := p.Reload(ctx, second); err != nil {
				failed.Add(1)
			}
		}
	})
	assert.Zero(t, failed.Load(), "%d goroutines reload at the same time, and the network works. This many of %d reloads have returned an error", parties, parties*each)
	assertCurrent(t, p, second, int64(1+parties*each), "many goroutines have reloaded")
}

// oneByOne forwards a request, while nothing else runs. Most checks are plain
// comparisons, because there are so many.
func oneByOne(t *testing.T, n *network, p *hotreload.Proxy, u hotreload.Upstream, version int64, request string) bool {
	t.Helper()
	return forwards(t, ctx, n, p, u, version, request)
}

// forwards is oneByOne with a context.
func forwards(t *testing.T, ctx context.Context, n *network, p *hotreload.Proxy, u hotreload.Upstream, version int64, request string) bool {
	t.Helper()
	if got, v := p.Current(); got != u || v != version {
		return assertCurrent(t, p, u, version, "nothing else is running")
	}
	resolved, sent := n.asked()
	response, v, err := p.Forward(ctx, request)
	if nowResolved, nowSent := n.asked(); nowResolved != resolved+1 || nowSent != sent+1 {
		t.Errorf("a request was forwarded: %d hosts were resolved, and it was sent %d times", nowResolved-resolved, nowSent-sent)
	}
	if want := answer(u, request); response != want || v != version || err != nil {
		t.Errorf("Forward returned %s, version %d and error %v. %s was expected, version %d", life.Quoted(response), v, err, life.Quoted(want), version)
	}
	return !t.Failed()
}

// someContext draws the context of the next call. It may be done before, or end while the
// network works. The network ignores that, and so does the call.
func (n *network) someContext(t *testing.T, r *rand.Rand) context.Context {
	caller, end := life.Context(r)
	t.Cleanup(end)
	nothing := func(string) error { return nil }
	ends := func(string) error { end(); return nil }
	n.resolving = []func(string) error{nothing, ends}[r.IntN(2)]
	n.sending = []func(string) error{nothing, ends}[r.IntN(2)]
	return from(caller)
}

// Errors of the network come back, and change nothing, even if they are a
// context's.
func TestErrors(t *testing.T) {
	random := oracle.Random(t)
	errs := []error{
		context.Canceled, context.DeadlineExceeded,
		fmt.Errorf("pool: %w", context.Canceled), fmt.Errorf("name server: %w", context.DeadlineExceeded),
	}
	for range 8 {
		errs = append(errs, life.Known(random), life.Trouble(random, "no such host"))
	}
	for i, trouble := range errs {
		within(t, func() {
			ctx := ctx
			if i%2 > 0 && i > 4 {
				caller, end := life.Context(random)
				defer end()
				ctx = from(caller)
			}
			var resolving, sending error
			n := &network{
				resolving: func(string) error { return resolving },
				sending:   func(string) error { return sending },
			}
			u := someUpstream(random)
			p := hotreload.New(n, u)
			version := int64(1 + random.IntN(3))
			for range version - 1 {
				u = someUpstream(random)
				_, err := p.Reload(ctx, u)
				assert.NoError(t, err)
			}

			resolving = trouble
			before, _ := n.asked()
			_, err := p.Reload(ctx, other(random, u))
			oracle.AssertWraps(t, err, resolving, "the new host could not be resolved")
			assertCurrent(t, p, u, version, "a reload has failed, and nothing is to change")
			_, v, err := p.Forward(ctx, "a request")
			oracle.AssertWraps(t, err, resolving, "the host could not be resolved")
			assert.Equal(t, version, v, "the version of the upstream whose host could not be resolved")
			resolved, sent := n.asked()
			assert.Equal(t, before+2, resolved, "a host that cannot be resolved must not be resolved again")
			assert.Zero(t, sent, "the host could not be resolved, and a request was sent anyway")

			resolving, sending = nil, trouble
			_, v, err = p.Forward(ctx, "a request")
			oracle.AssertWraps(t, err, sending, "the request could not be sent")
			assert.Equal(t, version, v, "the version of the upstream that the request could not be sent to")
			_, sent = n.asked()
			assert.Equal(t, 1, sent, "a request that fails is not to be sent again")

			sending = nil
			v, err = p.Reload(ctx, u)
			assert.NoError(t, err, "the network works again")
			assert.Equal(t, version+1, v, "a reload that failed has no version")
		})
	}
	many := 30
	if oracle.Large(t) {
		many = oracle.Many()
	}
	within(t, func() { failures(t, random, many) })
}

// failures are many in a row, of each kind. Then all is well again.
func failures(t *testing.T, random *rand.Rand, many int) {
	t.Helper()
	n, u := &network{}, someUpstream(random)
	p := hotreload.New(n, u)
	trouble := oracle.Sentinel("the network is down")
	fails := func(string) error { return trouble }
	for _, kind := range []struct {
		what               string
		resolving, sending func(string) error
		call               func() (version int64, err error)
	}{
		{"requests whose host could not be resolved", fails, nil, func() (int64, error) { _, v, err := p.Forward(ctx, ""); return v, err }},
		{"requests that could not be sent", nil, fails, func() (int64, error) { _, v, err := p.Forward(ctx, ""); return v, err }},
		{"reloads whose host could not be resolved", fails, nil, func() (int64, error) { _, err := p.Reload(ctx, u); return 1, err }},
	} {
		resolved, sent := n.asked()
		n.resolving, n.sending = kind.resolving, kind.sending
		for i := range many {
			if v, err := kind.call(); v != 1 || !errors.Is(err, trouble) {
				t.Errorf("number %d of many %s: version %d and error %v were returned", i+1, kind.what, v, err)
				return
			}
		}
		nowResolved, nowSent := n.asked()
		assert.Equal(t, resolved+many, nowResolved, "there were %d %s, and so many hosts were resolved", many, kind.what)
		if kind.sending != nil {
			assert.Equal(t, sent+many, nowSent, "there were %d %s, and so many were tried", many, kind.what)
		}
		n.resolving, n.sending = nil, nil
		oneByOne(t, n, p, u, 1, "the network works again")
	}
	v, err := p.Reload(ctx, u)
	assert.NoError(t, err, "%d reloads have failed, and now the network works", many)
	assert.EqualValues(t, 2, v, "%d reloads have failed, and now the network works", many)
}

// While the host of the old upstream is being resolved for a request, the upstream is
// replaced: once, or several times, and maybe the first one comes back in the end.
func TestReloadDuringResolve(t *testing.T) {
	reloadDuringRequest(t, "while the host was being resolved", func(n *network, reload func()) {
		n.resolving = func(string) error { reload(); return nil }
	})
}

// The same, while the request is being sent.
func TestReloadDuringSend(t *testing.T) {
	reloadDuringRequest(t, "while the request was being sent", func(n *network, reload func()) {
		n.sending = func(string) error { reload(); return nil }
	})
}

func reloadDuringRequest(t *testing.T, when string, at func(n *network, reload func())) {
	t.Helper()
	random := oracle.Random(t)
	sizes := []int{1, 2}
	for range 20 {
		sizes = append(sizes, life.Size(random, 9))
	}
	if oracle.Large(t) {
		sizes = append(sizes, 1<<8, 1<<16, 1<<16+random.IntN(100)) // more than fits in 8 bits, and in 16
	}
	for _, size := range sizes {
		within(t, func() {
			n := &network{}
			before := someUpstream(random)
			after, reloads := before, int64(size)
			p := hotreload.New(n, before)
			done := false
			at(n, func() {
				if done {
					return
				}
				done = true
				given := n.someGiven(random)
				for i := range reloads {
					after = other(random, after)
					if i > 0 && random.IntN(3) == 0 {
						after = before
					}
					version, err := p.Reload(given, after)
					if got, v := p.Current(); err != nil || version != i+2 || got != after || v != version {
						t.Errorf("Reload(%s) returned version %d and error %v, expected version %d. Now Current returns %s, version %d",
							text(after), version, err, i+2, text(got), v)
						return
					}
				}
				forwards(t, given, n, p, after, reloads+1, "a request of the network's own")
			})
			response, version, err := p.Forward(ctx, "a request")
			assert.NoError(t, err)
			assert.Equal(t, answer(before, "a request"), response, "version 1 was %s. It was replaced %s. Which upstream is this?", text(before), when)
			assert.EqualValues(t, 1, version, "a request began with version 1, which was replaced %s", when)
			resolved, sent := n.asked()
			assert.Equal(t, 2+int(reloads), resolved, "hosts are resolved once for each request and each reload")
			assert.Equal(t, 2, sent, "a request is sent once, and so is that of the network")
			response, version, err = p.Forward(ctx, "another")
			assert.NoError(t, err)
			assert.Equal(t, answer(after, "another"), response, "the upstream was replaced before this request began")
			assert.Equal(t, reloads+1, version, "the upstream was replaced before this request began")
		})
		if t.Failed() {
			return
		}
	}
}

// While the host of a new upstream is being resolved, requests go to the old one, and
// other reloads come and go.
func TestRequestsDuringReload(t *testing.T) {
	random := oracle.Random(t)
	for range 20 {
		within(t, func() {
			var failure error
			if random.IntN(2) == 0 {
				failure = oracle.Sentinel("no such host")
			}
			var p *hotreload.Proxy
			slow := false
			u, version := someUpstream(random), int64(1)
			n := &network{}
			n.resolving = func(string) error {
				if !slow {
					return nil
				}
				slow = false
				given := n.someGiven(random)
				for range 1 + random.IntN(4) {
					forwards(t, given, n, p, u, version, "a request")
					if random.IntN(2) == 0 {
						u, version = someUpstream(random), version+1
						got, err := p.Reload(given, u)
						assert.NoError(t, err)
						assert.Equal(t, version, got, "a reload was faster than another one")
					}
				}
				return failure
			}
			p = hotreload.New(n, u)
			slow = true
			next := other(random, u)
			got, err := p.Reload(ctx, next)
			if failure != nil {
				oracle.AssertWraps(t, err, failure, "the new host could not be resolved")
				assertCurrent(t, p, u, version, "a slow reload has failed, and nothing is to change")
				return
			}
			assert.NoError(t, err)
			assert.Equal(t, version+1, got, "a slow reload was the last to end")
			assertCurrent(t, p, next, version+1, "a slow reload was the last to end")
		})
		if t.Failed() {
			return
		}
	}
}

// Any number of slow requests, each for an upstream of its own, hold up no other call.
func TestManyVersionsAtOnce(t *testing.T) {
	random := oracle.Random(t)
	many := 20 + random.IntN(20)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	within(t, func() {
		all := oracle.NewMeeting(many)
		n := &network{sending: func(string) error { all.Arrive(); return nil }}
		u := someUpstream(random)
		p := hotreload.New(n, u)
		var group sync.WaitGroup
		var wrong atomic.Int64
		for i := range int64(many) {
			begun := make(chan bool)
			was := u
			n.resolving = func(string) error { close(begun); return nil }
			group.Go(func() {
				response, version, err := p.Forward(ctx, "a request")
				want := answer(was, "a request")
				if (response != want || version != i+1 || err != nil) && wrong.Add(1) == 1 {
					t.Errorf("a request that began with version %d returned %q, version %d, error %v. %q was expected", i+1, response, version, err, want)
				}
			})
			<-begun
			n.resolving = nil
			u = someUpstream(random)
			_, err := p.Reload(ctx, u)
			assert.NoError(t, err)
		}
		group.Wait()
		assert.Zero(t, wrong.Load(), "%d requests were slow, each began with a version of its own, and so many returned something else", many)
	})
}

// Upstreams that were replaced are forgotten: there may be a billion. It is no reason to keep
// one that a request for it has failed, that it was replaced while a request was being sent,
// or that a request for an earlier one still is.
func TestOldVersionsAreForgotten(t *testing.T) {
	const versions, size, few = 60, 1 << 14, 16
	const fails, slow, slowest = "one that fails", "a slow one", "the slowest"
	sent, answered, last := make(chan bool), make(chan bool), make(chan bool)
	var unresolved atomic.Bool
	n := &network{resolving: func(string) error {
		if unresolved.Load() {
			return life.Failure("no such host")
		}
		return nil
	}, sending: func(request string) error {
		switch request {
		case slow:
			sent <- true
			<-answered
		case slowest:
			sent <- true
			<-last
		case fails:
			return life.Failure("no route to host")
		}
		return nil
	}}
	p := hotreload.New(n, hotreload.Upstream{Host: "first"})
	var group sync.WaitGroup
	forward := func(request string) (returned chan bool) {
		returned = make(chan bool)
		group.Go(func() {
			defer close(returned)
			_, _, err := p.Forward(ctx, request)
			assert.NoError(t, err)
		})
		<-sent
		return returned
	}
	manyVersions := func() {
		forward(slowest)
		var before chan bool // when the slow request of the version before has returned
		for i := range versions {
			_, err := p.Reload(ctx, hotreload.Upstream{Host: fmt.Sprint(i, strings.Repeat("x", size))})
			assert.NoError(t, err)
			_, _, _ = p.Forward(ctx, "a request")
			_, _, err = p.Forward(ctx, fails)
			assert.Error(t, err)
			unresolved.Store(true)
			_, _, err = p.Forward(ctx, "a request")
			unresolved.Store(false)
			assert.Error(t, err)
			if i > 0 {
				answered <- true
				<-before
			}
			before = forward(slow) // until the next version is here
		}
		answered <- true
		<-before
	}
	kept := oracle.Kept(func() { within(t, manyVersions) })
	close(last)
	group.Wait()
	assert.Less(t, kept, int64(few*size), "%d upstreams came one after the other, each with a host of %d bytes, while a request for the first was being sent, and memory in use grew by this many bytes", versions, size)
	_, version := p.Current()
	assert.EqualValues(t, versions+1, version)
}

// Any number of hosts are resolved at the same time, for requests and for reloads.
func TestManyHostsAtOnce(t *testing.T) {
	random := oracle.Random(t)
	many := 20 + random.IntN(20)
	if oracle.Large(t) {
		many = oracle.Many() / 2
	}
	within(t, func() {
		all := oracle.NewMeeting(2 * many)
		n := &network{resolving: func(string) error { all.Arrive(); return nil }}
		p := hotreload.New(n, someUpstream(random))
		versions := make([]atomic.Bool, many)
		reload := func(u hotreload.Upstream) {
			version, err := p.Reload(ctx, u)
			if err != nil || version < 2 || version > int64(many+1) || versions[version-2].Swap(true) {
				t.Errorf("%d reloads at once: one returned version %d and error %v, and that version is not a new one", many, version, err)
			}
		}
		var group sync.WaitGroup
		for range many {
			u := someUpstream(random)
			group.Go(func() { reload(u) })
			group.Go(func() { _, _, _ = p.Forward(ctx, "a request") })
		}
		group.Wait()
	})
}

// Requests and reloads on a few goroutines, without anything that holds them.
func TestManyAtOnce(t *testing.T) {
	const readers, writers, times = 2, 2, 200
	random := oracle.Random(t)
	first := someUpstream(random)
	pool := make([]hotreload.Upstream, 200)
	for i := range pool {
		pool[i] = someUpstream(random)
	}
	var mu sync.Mutex
	reloaded := map[int64]hotreload.Upstream{1: first}
	type seen struct {
		version  int64
		response string
	}
	var saw []seen
	p := hotreload.New(&network{}, first)
	within(t, func() {
		oracle.Together(readers+writers, func(g int) {
			mine, sent := map[int64]hotreload.Upstream{}, []seen{}
			for i := range times {
				switch {
				case g < writers:
					u := pool[rand.IntN(len(pool))]
					version, err := p.Reload(ctx, u)
					assert.NoError(t, err)
					if _, twice := mine[version]; twice {
						t.Errorf("version %d was returned twice", version)
					}
					mine[version] = u
				case i%2 == 0:
					u, version := p.Current()
					sent = append(sent, seen{version, answer(u, "")})
				default:
					response, version, err := p.Forward(ctx, "")
					assert.NoError(t, err)
					sent = append(sent, seen{version, response})
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for version, u := range mine {
				if _, twice := reloaded[version]; twice {
					t.Errorf("version %d was returned by two reloads", version)
				}
				reloaded[version] = u
			}
			saw = append(saw, sent...)
		})
	})
	if t.Failed() {
		return
	}
	assert.Len(t, reloaded, 1+writers*times, "each reload has a version of its own")
	for _, s := range saw {
		if want := answer(reloaded[s.version], ""); s.response != want {
			assert.Equal(t, want, s.response, "version %d is a mixture of several upstreams, or has the wrong number", s.version)
			return
		}
	}
	u, version := p.Current()
	assert.EqualValues(t, 1+writers*times, version, "so many upstreams there were")
	assert.Equal(t, text(reloaded[version]), text(u), "the last upstream")
}

// Proxies are independent of each other, however many there are.
func TestProxiesAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	many := 20 + random.IntN(20)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	within(t, func() { manyProxies(t, random, many) })
	within(t, func() {
		u, v := someUpstream(random), someUpstream(random)
		here := &network{}
		there := &network{}
		first, second := hotreload.New(here, u), hotreload.New(there, v)
		ofAnother := func(string) error { // a slow network delays only its own proxy
			forwards(t, here.someGiven(random), there, second, v, 1, "a request")
			return nil
		}
		here.resolving, here.sending = ofAnother, ofAnother
		oneByOne(t, here, first, u, 1, "a request that is slow")
		next := other(random, u)
		version, err := first.Reload(ctx, next)
		assert.NoError(t, err)
		assert.EqualValues(t, 2, version)
		assertCurrent(t, first, next, 2, "there are two proxies, and this one was reloaded")
		assertCurrent(t, second, v, 1, "there are two proxies, and the other one was reloaded")
	})
}

// While the network works for one proxy, there is a call of the next one.
func manyProxies(t *testing.T, random *rand.Rand, many int) {
	t.Helper()
	networks := make([]network, many)
	proxies := make([]*hotreload.Proxy, many)
	upstreams := make([]hotreload.Upstream, many)
	var call func(i int)
	call = func(i int) {
		if i == many || t.Failed() {
			return
		}
		n, u, next := &networks[i], someUpstream(random), someUpstream(random)
		upstreams[i], proxies[i] = next, hotreload.New(n, u)
		n.resolving = func(string) error {
			n.resolving = nil
			if i%2 == 0 {
				oneByOne(t, n, proxies[i], u, 1, "a request during a reload")
			}
			call(i + 1)
			return nil
		}
		if i%2 > 0 {
			oneByOne(t, n, proxies[i], u, 1, "a request during those of others")
		}
		version, err := proxies[i].Reload(ctx, next)
		if version != 2 || err != nil {
			t.Errorf("the first reload of proxy %d of %d returned version %d and error %v", i, many, version, err)
		}
	}
	call(0)
	for i, p := range proxies {
		if t.Failed() {
			return
		}
		if got, v := p.Current(); got != upstreams[i] || v != 2 {
			assertCurrent(t, p, upstreams[i], 2, "each proxy was reloaded once")
		}
	}
}
