package sessionregistry_test

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// someTokens returns n different tokens, in any order. If there is room, some are those
// that careless code takes for equal, and one is empty.
func someTokens(r *rand.Rand, n int) []string {
	tokens := life.Twins(r)
	if n < len(tokens) {
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
	sizes, long := []int{1, 40 + random.IntN(40)}, []string(nil)
	if oracle.Large(t) {
		sizes = append(sizes, 257+random.IntN(100))
		long = life.LongTwins(oracle.Many())
	}
	for _, many := range sizes {
		var reg sessionregistry.Registry
		tokens, want := append(someTokens(random, many), long...), map[string]sessionregistry.Session{}
		for i, token := range tokens {
			_, found := reg.Get(token)
			require.False(t, found, "nothing was put under %s", life.Quoted(token))
			for range 1 + random.IntN(2) { // the second one replaces the first
				want[token] = sessionregistry.Session{User: life.AnyText(random), Expires: someTime(random)}
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
		require.Equal(t, stored, found, "whether %s has a session", life.Quoted(token))
		require.Equal(t, session, got, "the session of %s", life.Quoted(token))
	}
}

// Sweeps remove what has expired, all of it and nothing else, again and again.
func TestSweep(t *testing.T) {
	random := oracle.Random(t)
	for _, many := range []int{0, 1, 40 + random.IntN(40)} {
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
			require.Equal(t, expired, reg.Sweep(over), "number of sessions that were over")
			require.Zero(t, reg.Sweep(over), "the sweep before has removed all that were over")
			assertHas(t, &reg, tokens, want)
		}
	}
	assertCountsWhatIsGone(t, random)
	if oracle.Large(t) {
		sweepMany(t)
	}
}

// assertCountsWhatIsGone fails t unless Sweep returns how many sessions it has removed, if
// the answers of over change: it looks at a clock, or returns true only so many times.
func assertCountsWhatIsGone(t *testing.T, random *rand.Rand) {
	t.Helper()
	many := 20 + random.IntN(20)
	var clock, trues atomic.Int64
	budget := int64(1 + random.IntN(many-1))
	for _, over := range []func(sessionregistry.Session) bool{
		func(s sessionregistry.Session) bool { return s.Expires <= clock.Add(1) },
		func(sessionregistry.Session) bool { return trues.Add(1) <= budget },
	} {
		var reg sessionregistry.Registry
		for i, token := range someTokens(random, many) {
			session := sessionregistry.Session{User: "Ann"}
			if clock.Load() == 0 {
				session.Expires = int64(1 + i)
			}
			reg.Put(token, session)
		}
		removed := reg.Sweep(over)
		require.Equal(t, many-reg.Len(), removed, "of %d sessions %d are left, so that many were removed", many, reg.Len())
		if trues.Load() > 0 {
			require.LessOrEqual(t, int64(removed), budget, "over has returned true that many times, and each time for one session. Others may be equal to that, and were not over")
		}
	}
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

	assertNewOnesDoNotWait(t, &there)
	random := oracle.Random(t)
	others, many := life.Size(random, 100), 1+random.IntN(20)
	if oracle.Large(t) {
		others, many = 1<<16+oracle.Many(), oracle.Many()
	}
	assertNoneOfManyWaits(t, random, others)
	assertSweepsWithinSweeps(t, many)
}

// assertNewOnesDoNotWait fails t unless registries that were not used before can be used
// during a sweep, by other goroutines, and so can an old one.
func assertNewOnesDoNotWait(t *testing.T, old *sessionregistry.Registry) {
	t.Helper()
	var here sessionregistry.Registry
	here.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	oracle.Within(t, func() {
		here.Sweep(func(s sessionregistry.Session) bool {
			var group sync.WaitGroup
			for _, first := range []func(*sessionregistry.Registry){
				func(reg *sessionregistry.Registry) { reg.Put("a", s) },
				func(reg *sessionregistry.Registry) { reg.Get("a") },
				func(reg *sessionregistry.Registry) { reg.Len() },
				func(reg *sessionregistry.Registry) { reg.Sweep(expiredAt(30)) },
			} {
				group.Go(func() { first(&sessionregistry.Registry{}) })
			}
			group.Wait()
			old.Get("a")
			return true
		})
	}, "a registry is being swept, and meanwhile the first call of a new one hangs. What does it wait for?")
}

// assertNoneOfManyWaits fails t unless many new registries can be used during a sweep, one
// after the other: none shares a lock with the one that is being swept.
func assertNoneOfManyWaits(t *testing.T, random *rand.Rand, many int) {
	t.Helper()
	var here sessionregistry.Registry
	here.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	oracle.Within(t, func() {
		here.Sweep(func(s sessionregistry.Session) bool {
			for range many {
				var other sessionregistry.Registry
				switch random.IntN(4) {
				case 0:
					other.Put("a", s)
				case 1:
					other.Get("a")
				case 2:
					other.Len()
				case 3:
					other.Sweep(expiredAt(30))
				}
			}
			return true
		})
	}, "a registry is being swept, meanwhile many others are used, one call each, and a call hangs. What does it wait for?")
}

// assertSweepsWithinSweeps fails t unless each of many registries can be swept while the one
// before is.
func assertSweepsWithinSweeps(t *testing.T, many int) {
	t.Helper()
	registries := make([]sessionregistry.Registry, many)
	for i := range registries {
		registries[i].Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	}
	removed := 0
	var sweep func(i int)
	sweep = func(i int) {
		removed += registries[i].Sweep(func(sessionregistry.Session) bool {
			if i+1 < many && registries[i+1].Len() == 1 {
				sweep(i + 1)
			}
			return true
		})
	}
	oracle.Within(t, func() { sweep(0) }, "a registry is being swept, and meanwhile a sweep of another one hangs. What does it wait for?")
	assert.Equal(t, many, removed, "%d registries had one session each, and it was over", many)
}

// While the sweep looks at her old session, Ann renews it.
func TestRenewalDuringSweep(t *testing.T) {
	random := oracle.Random(t)
	renewals, changes, rounds := []int{1, 1 + random.IntN(20), 1 << 8}, 20+random.IntN(20), 3
	if oracle.Large(t) {
		renewals, changes, rounds = append(renewals, 1<<16), oracle.Many(), 100
	}
	for _, n := range renewals {
		assertRenewed(t, n)
	}
	assertDoesNotGiveUp(t, changes, 60)
	assertDoesNotGiveUp(t, changes, 30)
	for range rounds {
		oracle.Within(t, func() {
			assertOneMoment(t, random, func(made *atomic.Int64, all int) { reaches(made, int64(all)) })
		}, "sessions are changed during a sweep, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
		if t.Failed() {
			break
		}
	}
}

// assertRenewed fails t unless Ann is logged in after a sweep during which she has renewed
// her session n times.
func assertRenewed(t *testing.T, n int) {
	t.Helper()
	var reg sessionregistry.Registry
	renewed := sessionregistry.Session{User: "Ann", Expires: 60}
	reg.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	looking, once := make(chan struct{}), sync.Once{}
	var puts atomic.Int64
	over := func(s sessionregistry.Session) bool {
		once.Do(func() {
			close(looking)
			reaches(&puts, int64(n)) // Put may return now, or may have to wait
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
			for range n {
				reg.Put("a", renewed)
				puts.Add(1)
			}
		})
	}, "a session is renewed during a sweep, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
	got, found := reg.Get("a")
	if !found {
		require.Fail(t, "Ann is logged out", "Her session was to expire at 30. During the sweep at 30 she renewed it until 60. Then the sweep removed it. Renewals: %d", n)
	}
	require.Equal(t, renewed, got, "Ann has renewed her session")
	require.Equal(t, 1, reg.Len(), "Ann is logged in, and no other customer")
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
		require.Equal(t, len(old)+logins, reg.Len(), "number of customers who have logged in")
	}
}

// Customers log in and renew their sessions while the registry is swept and counted.
func TestRenewedSessionsStay(t *testing.T) {
	random := oracle.Random(t)
	rounds, large := 2, oracle.Large(t)
	if large {
		rounds = 10
	}
	most := 20 + random.IntN(20)
	if large {
		most = oracle.Many()
	}
	assertAllAtOnce(t, most)
	assertNoHalfSweep(t, most)
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
		require.Equal(t, half, reg.Len(), "number of sessions that were renewed")
		require.GreaterOrEqual(t, removed, len(tokens)-half, "number of sessions that had expired and were not renewed")
	}
}
