package sessionregistry_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/03-session-registry"
	"heisenkata/exercises/internal/oracle"
)

// Bob logs in while Ann looks at a page, and the dashboard counts the sessions.
func TestScheduleLoginAndPage(t *testing.T) {
	var reg sessionregistry.Registry
	ann, bob := sessionregistry.Session{User: "Ann", Expires: 60}, sessionregistry.Session{User: "Bob", Expires: 60}
	reg.Put("a", ann)
	if rand.IntN(2) == 0 {
		assert.Equal(t, 1, reg.Len(), "Ann is logged in") // a fix may keep the number for the next call
	}
	var group sync.WaitGroup
	group.Go(func() { reg.Put("b", bob) })
	got, found := reg.Get("a")
	_, both := reg.Get("b")
	before := reg.Len()
	group.Wait()
	assert.True(t, found, "Ann is logged in")
	assert.Equal(t, ann, got)
	if both {
		assert.Equal(t, 2, before, "Ann is logged in, Bob's session was found, and then the sessions were counted")
	}
	assert.Contains(t, []int{1, 2}, before, "Ann is logged in, and Bob may be")
	assert.Equal(t, 2, reg.Len(), "Ann and Bob are logged in")
	got, found = reg.Get("b")
	assert.True(t, found, "Bob has logged in")
	assert.Equal(t, bob, got)
}

// Ann renews her session at the moment when it is swept.
func TestScheduleRenewalAndSweep(t *testing.T) {
	var reg sessionregistry.Registry
	reg.Put("a", sessionregistry.Session{User: "Ann", Expires: 30})
	renewed := sessionregistry.Session{User: "Ann", Expires: 60}
	var group sync.WaitGroup
	group.Go(func() { reg.Put("a", renewed) })
	removed := reg.Sweep(expiredAt(30))
	group.Wait()
	got, found := reg.Get("a")
	if !found {
		assert.Fail(t, "Ann is logged out", "Ann renewed her session until 60, and the sweep at 30 has removed it")
	} else {
		assert.Equal(t, renewed, got, "Ann has renewed her session until 60")
	}
	assert.LessOrEqual(t, removed, 1, "there was one session that had expired")
}

// Pages are looked at while all sessions are swept: once one is gone, so are the others.
func TestScheduleSweepAndPages(t *testing.T) {
	var reg sessionregistry.Registry
	tokens := []string{"a", "b", "c", "d"}
	for _, token := range tokens {
		reg.Put(token, sessionregistry.Session{User: "Ann", Expires: 30})
	}
	if rand.IntN(2) == 0 {
		assert.Equal(t, len(tokens), reg.Len(), "number of customers who are logged in")
	}
	order := oracle.Random(t).Perm(len(tokens))
	var group sync.WaitGroup
	group.Go(func() {
		gone := ""
		for _, i := range order {
			_, found := reg.Get(tokens[i])
			assert.False(t, found && gone != "", "the session of %q has expired and was removed, and that of %q, which expired with it, is still there", gone, tokens[i])
			if !found {
				gone = tokens[i]
			}
		}
		if gone != "" {
			assert.Zero(t, reg.Len(), "all sessions have expired, and were removed")
		}
	})
	removed := reg.Sweep(expiredAt(30))
	group.Wait()
	assert.Equal(t, len(tokens), removed, "number of sessions that had expired")
}

// A sweep begins, and meanwhile others sweep, log in, renew their sessions, look at them, and count them.
func TestScheduleSweepAndChanges(t *testing.T) {
	assertOneMoment(t, oracle.Random(t), nil)
}

// assertOneMoment fails t unless a sweep takes effect at one moment while another goroutine makes
// a few calls, whatever the sweep has seen of them. If during is not nil, they begin when the sweep asks
// about a session; during is called then, with how many have returned, and with their number.
func assertOneMoment(t *testing.T, r *rand.Rand, during func(made *atomic.Int64, all int)) {
	t.Helper()
	tokens := fewTokens(r)
	before := shop{tokens[0]: 10, tokens[1]: 30}
	var changes []change
	for range 2 + r.IntN(2) {
		changes = append(changes, someChange(r, tokens[:4]))
	}
	changes = append(changes, counts)
	now := int64(30 + r.IntN(2)*30)
	var could []string
	for i := range len(changes) + 1 { // the sweep takes effect before change i
		could = append(could, before.outcome(slices.Insert(slices.Clone(changes), i, sweeps(now)), i))
	}

	var reg sessionregistry.Registry
	for token, expires := range before {
		reg.Put(token, sessionregistry.Session{User: "Ann", Expires: expires})
	}
	var group sync.WaitGroup
	var made atomic.Int64
	names, results := make([]string, len(changes)), make([]int, len(changes))
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	if during == nil {
		begin()
	}
	group.Go(func() {
		<-begun
		for i, c := range changes {
			names[i], results[i] = c.name, c.make(&reg)
			made.Add(1)
		}
	})
	var asked atomic.Int64
	when := int64(1 + r.IntN(2))
	removed := reg.Sweep(func(s sessionregistry.Session) bool {
		if during != nil && asked.Add(1) == when {
			begin()
			during(&made, len(changes))
		}
		return s.Expires <= now
	})
	begin()
	group.Wait()
	after := shop{}
	for _, token := range tokens {
		if session, found := reg.Get(token); found {
			after[token] = session.Expires
		}
	}
	assert.Contains(t, could, after.story(results, removed), "%s, and meanwhile: %s. No moment at which the sweep could take effect explains what they returned, and which sessions are left",
		sweeps(now).name, strings.Join(names, ", "))
}

// A shop is the model of a registry: when the session of each token expires.
type shop map[string]int64

// A change is a call, and what it does to the model.
type change struct {
	name  string
	make  func(reg *sessionregistry.Registry) int
	model func(s shop) int
}

var counts = change{
	name:  "Len()",
	make:  (*sessionregistry.Registry).Len,
	model: func(s shop) int { return len(s) },
}

// looks gets the session of a token, and returns when it expires, or 0 if there is none.
func looks(token string) change {
	return change{
		name: fmt.Sprintf("Get(%s)", quoted(token)),
		make: func(reg *sessionregistry.Registry) int {
			session, _ := reg.Get(token)
			return int(session.Expires)
		},
		model: func(s shop) int { return int(s[token]) },
	}
}

func sweeps(now int64) change {
	return change{
		name: fmt.Sprintf("Sweep(expires by %d)", now),
		make: func(reg *sessionregistry.Registry) int { return reg.Sweep(expiredAt(now)) },
		model: func(s shop) int {
			all := len(s)
			maps.DeleteFunc(s, func(_ string, expires int64) bool { return expires <= now })
			return all - len(s)
		},
	}
}

// someChange is another sweep, a look, a login or a renewal.
func someChange(r *rand.Rand, tokens []string) change {
	switch r.IntN(6) {
	case 0:
		return looks(tokens[r.IntN(len(tokens))])
	case 1, 2:
		return sweeps([]int64{10, 10, 30}[r.IntN(3)])
	}
	token, expires := tokens[r.IntN(len(tokens))], []int64{10, 20, 60}[r.IntN(3)]
	return change{
		name: fmt.Sprintf("Put(%s, expires at %d)", quoted(token), expires),
		make: func(reg *sessionregistry.Registry) int {
			reg.Put(token, sessionregistry.Session{User: "Ann", Expires: expires})
			return 0
		},
		model: func(s shop) int { s[token] = expires; return 0 },
	}
}

// outcome is the story of these calls, one after the other. Call number i is the sweep.
func (s shop) outcome(calls []change, i int) string {
	after, results := maps.Clone(s), []int{}
	for _, c := range calls {
		results = append(results, c.model(after))
	}
	removed := results[i]
	return after.story(slices.Delete(results, i, i+1), removed)
}

// story says what the calls returned, and what is left.
func (s shop) story(results []int, removed int) string {
	left := []string{}
	for _, token := range slices.Sorted(maps.Keys(s)) {
		left = append(left, fmt.Sprintf("%s until %d", quoted(token), s[token]))
	}
	return fmt.Sprintf("the sweep removed %d, the others returned %d, left: %s", removed, results, strings.Join(left, ", "))
}
