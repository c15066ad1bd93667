package slices

import "slices"

// Compact keeps the first of each run of equal elements.
func Compact[S ~[]E, E comparable](s S) S {
	return CompactFunc(s, func(a, b E) bool { return a == b })
}

// CompactFunc keeps the first of each run of elements that are equal by eq.
func CompactFunc[S ~[]E, E any](s S, eq func(E, E) bool) S {
	n := min(1, len(s))
	for i := 1; i < len(s); i++ {
		if eq(s[i], s[i-1]) {
			continue
		}
		if n != i {
			s[n] = s[i]
		}
		n++
	}
	return cut(s, n)
}

// Delete removes s[i:j].
func Delete[S ~[]E, E any](s S, i, j int) S {
	_ = s[i:j:len(s)]
	if i == j {
		return s
	}
	return cut(s, i+copy(s[i:], s[j:]))
}

// DeleteFunc removes the elements for which del is true.
func DeleteFunc[S ~[]E, E any](s S, del func(E) bool) S {
	n := 0
	for i, e := range s {
		if del(e) {
			continue
		}
		if n != i {
			s[n] = e
		}
		n++
	}
	return cut(s, n)
}

// Replace puts v in the place of s[i:j].
func Replace[S ~[]E, E any](s S, i, j int, v ...E) S {
	_ = s[i:j]
	if len(v) >= j-i {
		return slices.Replace(s, i, j, v...)
	}
	v = slices.Clone(v) // it may be a part of s
	n := i + copy(s[i:], v)
	return cut(s, n+copy(s[n:], s[j:]))
}

// cut zeroes what lies behind the first n elements, and returns those.
func cut[S ~[]E, E any](s S, n int) S {
	var zero E
	for i := n; i < len(s); i++ {
		s[i] = zero
	}
	return s[:n]
}
