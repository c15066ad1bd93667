//go:build race

package history

import "runtime"

func unordered() { runtime.RaceDisable() }
func ordered()   { runtime.RaceEnable() }
