package sessionregistry_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"heisenkata/exercises/01-shared-state/03-session-registry"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// tokens are those that a program uses.
type tokens [5]string

// fewTokens draws two that careless code takes for equal, an empty one, and some of any
// length, in any order.
func fewTokens(r *rand.Rand) (few tokens) {
	twins := [...]string{"Aa", "BB", "ann", "Ann", "abc", "cba"} // the same hash to base 31, but for the case, the same sum
	i := 2 * r.IntN(len(twins)/2)
	few = tokens{twins[i], twins[i+1], "", longer(r, "b"), longer(r, "c")}
	r.Shuffle(len(few), func(i, k int) { few[i], few[k] = few[k], few[i] })
	return few
}

// longer returns a token of any length with this beginning.
func longer(r *rand.Rand, begin string) string {
	return begin + strings.Repeat("x", life.Length(r, 300)-1)
}

// quoted is a token as a caller would write it.
func quoted(token string) string {
	if len(token) < 20 {
		return strconv.Quote(token)
	}
	return fmt.Sprintf("%q+%d bytes", token[:3], len(token)-3)
}

// state has the session of each token, and which tokens have one. The others have
// sessions that do not expire.
type state struct {
	others   int
	stored   [len(tokens{})]bool
	sessions [len(tokens{})]sessionregistry.Session
}

type (
	registry = *sessionregistry.Registry
	call     = contract.Call[registry, state]
	step     = contract.Step[state]
	outcome  = contract.Outcome[state]
	draw     = contract.Draw[registry, state]
)

// sessions says what each call does when no other call is running. A new registry has other
// tokens, which are those of the calls that are drawn then.
func sessions() (*tokens, contract.Contract[registry, state]) {
	few := &tokens{}
	return few, contract.Contract[registry, state]{
		Blocks: true,
		New:    few.newRegistry,
		Calls:  []draw{few.put, few.put, few.get, length, sweep},
		Last:   []draw{length, few.everything},
	}
}

// newRegistry has some sessions, some of which expire soon.
func (few *tokens) newRegistry(r *rand.Rand) (registry, state) {
	*few = fewTokens(r)
	reg, s := &sessionregistry.Registry{}, state{others: life.Crowd(r, 300)}
	for i := range s.others {
		reg.Put(fmt.Sprint("other ", i), sessionregistry.Session{User: "Eve", Expires: 1 << 40})
	}
	for i, token := range few {
		if r.IntN(2) == 0 {
			s.stored[i], s.sessions[i] = true, someSession(r)
			reg.Put(token, s.sessions[i])
		}
	}
	return reg, s
}

// someSession expires soon, or later. Many have one of their fields in common.
func someSession(r *rand.Rand) sessionregistry.Session {
	if r.IntN(3) > 0 {
		return []sessionregistry.Session{{User: "Ann", Expires: 1}, {User: "Bob", Expires: 1}, {User: "Ann", Expires: 2}}[r.IntN(3)]
	}
	return sessionregistry.Session{User: []string{"Ann", "Bob", life.Word(r)}[r.IntN(3)], Expires: int64(r.IntN(4)) - 1}
}

func (few *tokens) put(r *rand.Rand) call {
	i, session := r.IntN(len(few)), someSession(r)
	token := few[i]
	return call{
		Name: fmt.Sprintf("Put(%s, %+v)", quoted(token), session),
		Do: func(reg registry, _ contract.Moments) any {
			reg.Put(token, session)
			return nil
		},
		Steps: []step{func(s state) []outcome {
			s.stored[i], s.sessions[i] = true, session
			return []outcome{{After: s}}
		}},
	}
}

func (few *tokens) get(r *rand.Rand) call {
	i := r.IntN(len(few))
	token := few[i]
	return call{
		Name:  fmt.Sprintf("Get(%s)", quoted(token)),
		Do:    func(reg registry, _ contract.Moments) any { return said(reg.Get(token)) },
		Steps: []step{func(s state) []outcome { return []outcome{{Out: said(s.sessions[i], s.stored[i]), After: s}} }},
	}
}

func said(s sessionregistry.Session, found bool) string { return fmt.Sprintf("%+v, %v", s, found) }

func length(*rand.Rand) call {
	return call{
		Name: "Len()",
		Do:   func(reg registry, _ contract.Moments) any { return reg.Len() },
		Steps: []step{func(s state) []outcome {
			n := s.others
			for _, stored := range s.stored {
				if stored {
					n++
				}
			}
			return []outcome{{Out: n, After: s}}
		}},
	}
}

func sweep(r *rand.Rand) call {
	now := int64(r.IntN(4)) - 1
	what, over := fmt.Sprintf("expires by %d", now), expiredAt(now)
	if r.IntN(2) == 0 { // a customer is banned
		user := someSession(r).User
		what, over = fmt.Sprintf("is of %q", user), func(s sessionregistry.Session) bool { return s.User == user }
	}
	return call{
		Name: fmt.Sprintf("Sweep(%s)", what),
		Do:   func(reg registry, _ contract.Moments) any { return reg.Sweep(over) },
		Steps: []step{func(s state) []outcome {
			removed := 0
			for i := range s.stored {
				if s.stored[i] && over(s.sessions[i]) {
					s.stored[i], s.sessions[i] = false, sessionregistry.Session{}
					removed++
				}
			}
			return []outcome{{Out: removed, After: s}}
		}},
	}
}

// expiredAt is what Sweep is given, to remove what has expired.
func expiredAt(now int64) func(sessionregistry.Session) bool {
	return func(s sessionregistry.Session) bool { return s.Expires <= now }
}

// everything gets the sessions of all tokens when all other calls have returned.
func (few *tokens) everything(*rand.Rand) call {
	these := *few
	return call{
		Name: "Get of each token",
		Do: func(reg registry, _ contract.Moments) any {
			all := make([]string, len(these))
			for i, token := range these {
				all[i] = said(reg.Get(token))
			}
			return all
		},
		Steps: []step{func(s state) []outcome {
			all := make([]string, len(these))
			for i := range these {
				all[i] = said(s.sessions[i], s.stored[i])
			}
			return []outcome{{Out: all, After: s}}
		}},
	}
}

// One goroutine, with more calls than any special case in a fix would cover.
func TestOneCallAfterTheOther(t *testing.T) {
	calls := 60
	if oracle.Large(t) {
		calls = 700
	}
	_, all := sessions()
	contract.Check(t, all, contract.Shape{Before: calls})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	_, all := sessions()
	contract.Check(t, all, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	_, all := sessions()
	contract.Check(t, all, contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// One call, while another goroutine makes many: whatever it reads twice has changed in
// between, however often it retries.
func TestScheduleOneAmongMany(t *testing.T) {
	few, busy := sessions()
	busy.Calls = []draw{few.get, length, sweep}
	busy.Busy = []draw{few.put, few.put, few.put, sweep}
	contract.Check(t, busy, contract.Shape{Goroutines: 2, Calls: 1, Many: 40})
}

// Two registries have nothing to do with each other.
func TestTwoRegistries(t *testing.T) {
	_, all := sessions()
	contract.Apart(t, all)
}
