package buildtags

import "sync"

// guard is a mutex here.
type guard struct{ sync.Mutex }

func newGuard() *guard { return new(guard) }
