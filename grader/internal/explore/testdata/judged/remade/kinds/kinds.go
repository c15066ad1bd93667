// Package kinds keeps what others register.
package kinds

var all = map[string]bool{}

// Add registers a kind.
func Add(name string) bool { all[name] = true; return true }

// Len is the number of kinds.
func Len() int { return len(all) }
