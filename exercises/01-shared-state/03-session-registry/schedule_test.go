package sessionregistry_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/03-session-registry"
)

// Bob logs in while Ann looks at a page.
func TestScheduleLoginAndPage(t *testing.T) {
	var reg sessionregistry.Registry
	ann, bob := sessionregistry.Session{User: "Ann", Expires: 60}, sessionregistry.Session{User: "Bob", Expires: 60}
	reg.Put("a", ann)
	var group sync.WaitGroup
	group.Go(func() { reg.Put("b", bob) })
	got, found := reg.Get("a")
	group.Wait()
	assert.True(t, found, "Ann is logged in")
	assert.Equal(t, ann, got)
	got, found = reg.Get("b")
	assert.True(t, found, "Bob has logged in")
	assert.Equal(t, bob, got)
}

// Ann renews her session in the moment in which it is swept.
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

// Bob logs in while the dashboard counts the sessions.
func TestScheduleLoginAndLen(t *testing.T) {
	var reg sessionregistry.Registry
	reg.Put("a", sessionregistry.Session{User: "Ann", Expires: 60})
	var group sync.WaitGroup
	group.Go(func() { reg.Put("b", sessionregistry.Session{User: "Bob", Expires: 60}) })
	before := reg.Len()
	group.Wait()
	assert.Contains(t, []int{1, 2}, before, "Ann is logged in, and Bob may be")
	assert.Equal(t, 2, reg.Len(), "Ann and Bob are logged in")
}
