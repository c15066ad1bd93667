//go:build !race

package history

func unordered() {}
func ordered()   {}
