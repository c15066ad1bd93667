package sessionregistry_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/03-session-registry"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// someTokens returns n different tokens, in any order. Some differ only in a letter's
// case or in a space, some have the same FNV hash, and one may be empty.
func someTokens(r *rand.Rand, n int) []string {
	tokens := []string{"costarring", "liquid", "declinate", "macallums", "creamwove", "quists", ""}
	if r.IntN(2) == 0 || n < len(tokens) {
		tokens = nil
	}
	for i := 0; len(tokens) < n; i++ {
		for _, kind := range []string{"%x-ann", "%x-Ann", "%x-ann ", "%x\xff", "%032x"} {
			tokens = append(tokens, fmt.Sprintf(kind, i))
		}
	}
	tokens = tokens[:n]
	r.Shuffle(n, func(i, k int) { tokens[i], tokens[k] = tokens[k], tokens[i] })
	return tokens
}

// someTime is long ago, in this century, or far away.
func someTime(r *rand.Rand) int64 {
	switch r.IntN(6) {
	case 0:
		return []int64{math.MinInt64, -1, 0, 1, math.MaxInt64}[r.IntN(5)]
	case 1:
		return -int64(life.Size(r, 1<<50))
	case 2:
		return int64(life.Size(r, 1<<50))
	default:
		return 1_700_000_000 + r.Int64N(1000)
	}
}

// Any number of sessions, one goroutine.
func TestPutAndGet(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{1, 20 + random.IntN(40)}
	if oracle.Large(t) {
		sizes = append(sizes, 257+random.IntN(100))
	}
	for _, many := range sizes {
		var reg sessionregistry.Registry
		tokens, want := someTokens(random, many), map[string]sessionregistry.Session{}
		for i, token := range tokens {
			_, found := reg.Get(token)
			require.False(t, found, "nothing was put under %q", token)
			for range 1 + random.IntN(2) { // the second one replaces the first
				want[token] = sessionregistry.Session{User: fmt.Sprint("user ", random.IntN(many)), Expires: someTime(random)}
				reg.Put(token, want[token])
			}
			require.Equal(t, i+1, reg.Len(), "%d tokens have a session", i+1)
		}
		assertHas(t, &reg, tokens, want)
	}
}

// assertHas fails t unless reg has the sessions that it should, and no others.
func assertHas(t *testing.T, reg *sessionregistry.Registry, tokens []string, want map[string]sessionregistry.Session) {
	t.Helper()
	require.Equal(t, len(want), reg.Len(), "the number of sessions")
	for _, token := range tokens {
		session, stored := want[token]
		got, found := reg.Get(token)
		require.Equal(t, stored, found, "whether %q has a session", token)
		require.Equal(t, session, got, "the session of %q", token)
	}
}

// Sweeps remove what has expired, all of it and nothing else, again and again.
func TestSweep(t *testing.T) {
	random := oracle.Random(t)
	for _, many := range []int{0, 1, 20 + random.IntN(40)} {
		var reg sessionregistry.Registry
		tokens, want := someTokens(random, many), map[string]sessionregistry.Session{}
		for range 5 {
			for _, token := range tokens {
				if random.IntN(2) == 0 {
					want[token] = sessionregistry.Session{User: []string{"Ann", "Bob", "Eve"}[random.IntN(3)], Expires: someTime(random)}
					reg.Put(token, want[token])
				}
			}
			over, expired := someEnd(random), 0
			for token, session := range want {
				if over(session) {
					delete(want, token)
					expired++
				}
			}
			require.Equal(t, expired, reg.Sweep(over), "so many sessions were over")
			require.Zero(t, reg.Sweep(over), "the sweep before has removed all that were over")
			assertHas(t, &reg, tokens, want)
		}
	}
	if oracle.Large(t) {
		sweepMany(t)
	}
}

// sweepMany sweeps more sessions than any limit in a fix may allow.
func sweepMany(t *testing.T) {
	t.Helper()
	var reg sessionregistry.Registry
	put := func(from, to int) {
		for i := from; i < to; i++ {
			reg.Put(fmt.Sprint(i), sessionregistry.Session{User: "Ann", Expires: 30 * int64(1+i%2)})
		}
	}
	put(0, 300)
	before := allocated()
	put(300, 400)
	many := oracle.Many()
	if allocated()-before > 512<<10 { // each Put copies the map, which is right, but slow
		many = 1025 + many%100
	} else {
		many += 1 << 16 // more than a number of 16 bits can count
	}
	put(400, many)
	require.Equal(t, many, reg.Len(), "the number of sessions")
	require.Equal(t, (many+1)/2, reg.Sweep(expiredAt(30)), "so many sessions were over")
	require.Equal(t, many/2, reg.Len(), "so many sessions were not over")
	require.Equal(t, many/2, reg.Sweep(expiredAt(60)), "so many sessions were over")
	require.Zero(t, reg.Len(), "all sessions were over")
}

// allocated returns how many bytes have been allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

// someEnd says which sessions are over: those that have expired, those of one user, all
// of them, or none.
func someEnd(r *rand.Rand) func(sessionregistry.Session) bool {
	now := someTime(r)
	return []func(sessionregistry.Session) bool{
		expiredAt(now),
		expiredAt(now),
		func(s sessionregistry.Session) bool { return s.User == "Bob" },
		func(sessionregistry.Session) bool { return true },
		func(sessionregistry.Session) bool { return false },
	}[r.IntN(5)]
}

func TestRegistriesAreIndependent(t *testing.T) {
	var here, there sessionregistry.Registry
	here.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	assert.Zero(t, there.Len(), "a session was put into another registry")
	assert.Zero(t, there.Sweep(expiredAt(30)), "a session was put into another registry")
	assert.Equal(t, 1, here.Len(), "another registry was swept")
	there.Put("a", sessionregistry.Session{User: "Bob", Expires: 60})
	got, _ := here.Get("a")
	assert.Equal(t, "Ann", got.User, "a session was put into another registry")

	oracle.Within(t, func() {
		here.Sweep(func(s sessionregistry.Session) bool {
			there.Put("b", s)
			_, found := there.Get("a")
			return found && there.Len() == 2 && there.Sweep(expiredAt(30)) == 1
		})
	}, "a registry is being swept, and meanwhile a call of another one hangs. What does it wait for?")
	assert.Zero(t, here.Len(), "its session was over")
	assert.Equal(t, 1, there.Len(), "one of its two sessions was over")
}

// While the sweep looks at her old session, Ann renews it.
func TestRenewalDuringSweep(t *testing.T) {
	for range 3 {
		var reg sessionregistry.Registry
		renewed := sessionregistry.Session{User: "Ann", Expires: 60}
		reg.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
		looking, once := make(chan struct{}), sync.Once{}
		var put atomic.Bool
		over := func(s sessionregistry.Session) bool {
			once.Do(func() {
				close(looking)
				for k := 0; k < 2000 && !put.Load(); k++ {
					runtime.Gosched() // Put may return now, or may have to wait
				}
			})
			return s.Expires <= 30
		}
		oracle.Within(t, func() {
			oracle.Together(2, func(i int) {
				if i == 0 {
					reg.Sweep(over)
					return
				}
				<-looking
				reg.Put("a", renewed)
				put.Store(true)
			})
		}, "a session is renewed during a sweep, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
		got, found := reg.Get("a")
		if !found {
			require.Fail(t, "Ann is logged out", "Her session was to expire at 30. During the sweep at 30 she renewed it until 60. Then the sweep removed it.")
		}
		require.Equal(t, renewed, got, "Ann has renewed her session")
		require.Equal(t, 1, reg.Len(), "Ann is logged in, and no other customer")
	}
}

// Customers look at pages while others log in.
func TestPagesDuringLogins(t *testing.T) {
	random := oracle.Random(t)
	rounds, most := 1, 100
	if oracle.Large(t) {
		rounds, most = 5, 300
	}
	for range rounds {
		var reg sessionregistry.Registry
		old := someTokens(random, 20)
		for _, token := range old {
			reg.Put(token, sessionregistry.Session{User: token, Expires: 60})
		}
		logins := most/2 + random.IntN(most/2)
		var over atomic.Bool
		oracle.Within(t, func() {
			oracle.Together(3, func(i int) {
				if i == 0 {
					defer over.Store(true)
					for k := range logins {
						token := fmt.Sprint("late ", k)
						reg.Put(token, sessionregistry.Session{User: token, Expires: 60})
					}
					return
				}
				for k := 0; k < 100 || !over.Load(); k++ {
					token := old[k%len(old)]
					got, found := reg.Get(token)
					if !found || got.User != token {
						assert.Fail(t, "wrong session", "%q is logged in, and Get returned %+v, %v", token, got, found)
						return
					}
				}
			})
		}, "customers log in and look at pages, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
		require.Equal(t, len(old)+logins, reg.Len(), "so many customers have logged in")
	}
}

// Customers log in and renew their sessions while the registry is swept and counted.
func TestRenewedSessionsStay(t *testing.T) {
	random := oracle.Random(t)
	rounds := 2
	if oracle.Large(t) {
		rounds = 10
	}
	for range rounds {
		var reg sessionregistry.Registry
		tokens := someTokens(random, 40+random.IntN(40))
		half := len(tokens) / 2
		for _, token := range tokens {
			reg.Put(token, sessionregistry.Session{User: token, Expires: 30})
		}
		var removed int
		oracle.Within(t, func() {
			oracle.Together(3, func(i int) {
				switch i {
				case 0:
					for _, token := range tokens[:half] {
						reg.Put(token, sessionregistry.Session{User: token, Expires: 60})
					}
				case 1:
					removed = reg.Sweep(expiredAt(30))
				case 2:
					for range half {
						if n := reg.Len(); n > len(tokens) {
							assert.Fail(t, "too many sessions", "%d customers have logged in, and there are %d sessions", len(tokens), n)
						}
					}
				}
			})
		}, "sessions are renewed and swept, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
		for i, token := range tokens {
			_, found := reg.Get(token)
			require.Equal(t, i < half, found, "session %q of %d, of which the first %d were renewed: they expire at 60, all others at 30, and the sweep was at 30", token, len(tokens), half)
		}
		require.Equal(t, half, reg.Len(), "so many sessions were renewed")
		require.GreaterOrEqual(t, removed, len(tokens)-half, "so many sessions had expired and were not renewed")
	}
}
