// Package slices stands in for the standard library's in a fix that shortens slices.
// The standard library zeroes what is left behind with the built-in clear, which the
// race detector does not see. Here it is done by assignments. Everything else is passed
// on.
//
//explore:native private
package slices

import (
	"cmp"
	"iter"
	std "slices"
)

func All[Slice ~[]E, E any](s Slice) iter.Seq2[int, E] { return std.All[Slice, E](s) }

func AppendSeq[Slice ~[]E, E any](s Slice, seq iter.Seq[E]) Slice {
	return std.AppendSeq[Slice, E](s, seq)
}

func Backward[Slice ~[]E, E any](s Slice) iter.Seq2[int, E] { return std.Backward[Slice, E](s) }

func BinarySearchFunc[S ~[]E, E, T any](x S, target T, cmp func(E, T) int) (int, bool) {
	return std.BinarySearchFunc[S, E, T](x, target, cmp)
}

func BinarySearch[S ~[]E, E cmp.Ordered](x S, target E) (int, bool) {
	return std.BinarySearch[S, E](x, target)
}

func Chunk[Slice ~[]E, E any](s Slice, n int) iter.Seq[Slice] { return std.Chunk[Slice, E](s, n) }

func Clip[S ~[]E, E any](s S) S { return std.Clip[S, E](s) }

func Clone[S ~[]E, E any](s S) S { return std.Clone[S, E](s) }

func Collect[E any](seq iter.Seq[E]) []E { return std.Collect[E](seq) }

func CompareFunc[S1 ~[]E1, S2 ~[]E2, E1, E2 any](s1 S1, s2 S2, cmp func(E1, E2) int) int {
	return std.CompareFunc[S1, S2, E1, E2](s1, s2, cmp)
}

func Compare[S ~[]E, E cmp.Ordered](s1, s2 S) int { return std.Compare[S, E](s1, s2) }

func Concat[S ~[]E, E any](slices ...S) S { return std.Concat[S, E](slices...) }

func ContainsFunc[S ~[]E, E any](s S, f func(E) bool) bool { return std.ContainsFunc[S, E](s, f) }

func Contains[S ~[]E, E comparable](s S, v E) bool { return std.Contains[S, E](s, v) }

func EqualFunc[S1 ~[]E1, S2 ~[]E2, E1, E2 any](s1 S1, s2 S2, eq func(E1, E2) bool) bool {
	return std.EqualFunc[S1, S2, E1, E2](s1, s2, eq)
}

func Equal[S ~[]E, E comparable](s1, s2 S) bool { return std.Equal[S, E](s1, s2) }

func Grow[S ~[]E, E any](s S, n int) S { return std.Grow[S, E](s, n) }

func IndexFunc[S ~[]E, E any](s S, f func(E) bool) int { return std.IndexFunc[S, E](s, f) }

func Index[S ~[]E, E comparable](s S, v E) int { return std.Index[S, E](s, v) }

func Insert[S ~[]E, E any](s S, i int, v ...E) S { return std.Insert[S, E](s, i, v...) }

func IsSortedFunc[S ~[]E, E any](x S, cmp func(a, b E) int) bool {
	return std.IsSortedFunc[S, E](x, cmp)
}

func IsSorted[S ~[]E, E cmp.Ordered](x S) bool { return std.IsSorted[S, E](x) }

func MaxFunc[S ~[]E, E any](x S, cmp func(a, b E) int) E { return std.MaxFunc[S, E](x, cmp) }

func Max[S ~[]E, E cmp.Ordered](x S) E { return std.Max[S, E](x) }

func MinFunc[S ~[]E, E any](x S, cmp func(a, b E) int) E { return std.MinFunc[S, E](x, cmp) }

func Min[S ~[]E, E cmp.Ordered](x S) E { return std.Min[S, E](x) }

func Repeat[S ~[]E, E any](x S, count int) S { return std.Repeat[S, E](x, count) }

func Reverse[S ~[]E, E any](s S) { std.Reverse[S, E](s) }

func SortFunc[S ~[]E, E any](x S, cmp func(a, b E) int) { std.SortFunc[S, E](x, cmp) }

func SortStableFunc[S ~[]E, E any](x S, cmp func(a, b E) int) { std.SortStableFunc[S, E](x, cmp) }

func Sort[S ~[]E, E cmp.Ordered](x S) { std.Sort[S, E](x) }

func SortedFunc[E any](seq iter.Seq[E], cmp func(E, E) int) []E {
	return std.SortedFunc[E](seq, cmp)
}

func SortedStableFunc[E any](seq iter.Seq[E], cmp func(E, E) int) []E {
	return std.SortedStableFunc[E](seq, cmp)
}

func Sorted[E cmp.Ordered](seq iter.Seq[E]) []E { return std.Sorted[E](seq) }

func Values[Slice ~[]E, E any](s Slice) iter.Seq[E] { return std.Values[Slice, E](s) }
