// Package buildtags meters usage with a guard that differs by system; the broken reading does not use the guard.
package buildtags

// Meter adds up amounts.
type Meter struct {
	guard *guard
	total int
}

// New returns a meter at 0.
func New() *Meter { return &Meter{guard: newGuard()} }

// Add adds one amount.
func (m *Meter) Add(n int) {
	m.guard.Lock()
	defer m.guard.Unlock()
	m.total += n
}

// TotalLoose believes that reading one word needs no guard.
func (m *Meter) TotalLoose() int { return m.total }

// Total reads under the guard.
func (m *Meter) Total() int {
	m.guard.Lock()
	defer m.guard.Unlock()
	return m.total
}
