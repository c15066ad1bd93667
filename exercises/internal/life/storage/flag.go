package storage

// Flag is a flag that is stored somewhere.
type Flag struct {
	Get func() bool
	Set func(on bool)
}

// Load returns the flag.
func (f *Flag) Load() bool { return f.Get() }

// Store sets the flag.
func (f *Flag) Store(on bool) { f.Set(on) }
