//go:build !linux

package buildtags

// guard is a channel of one place here.
type guard struct{ place chan struct{} }

func newGuard() *guard { return &guard{make(chan struct{}, 1)} }

func (g *guard) Lock()   { g.place <- struct{}{} }
func (g *guard) Unlock() { <-g.place }
