// Package kinds keeps what others register.
package kinds

import "errors"

var all = map[string]bool{}

// Add registers a kind.
func Add(name string) bool { all[name] = true; return true }

// Error returns an error of a kind.
func Error(name string) error { return errors.New(name) }

// Len is the number of kinds.
func Len() int { return len(all) }
