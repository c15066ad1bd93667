// Package maps stands in for the standard library's in a fix that clones maps. The
// standard library leaves that to the runtime, where the race detector does not see it.
// Here it is a loop. Everything else is passed on.
//
//explore:native private
package maps

import (
	"iter"
	std "maps"
)

func All[Map ~map[K]V, K comparable, V any](m Map) iter.Seq2[K, V] { return std.All[Map, K, V](m) }

func Collect[K comparable, V any](seq iter.Seq2[K, V]) map[K]V { return std.Collect[K, V](seq) }

func Copy[M1 ~map[K]V, M2 ~map[K]V, K comparable, V any](dst M1, src M2) {
	std.Copy[M1, M2, K, V](dst, src)
}

func DeleteFunc[M ~map[K]V, K comparable, V any](m M, del func(K, V) bool) {
	std.DeleteFunc[M, K, V](m, del)
}

func EqualFunc[M1 ~map[K]V1, M2 ~map[K]V2, K comparable, V1, V2 any](m1 M1, m2 M2, eq func(V1, V2) bool) bool {
	return std.EqualFunc[M1, M2, K, V1, V2](m1, m2, eq)
}

func Equal[M1, M2 ~map[K]V, K, V comparable](m1 M1, m2 M2) bool {
	return std.Equal[M1, M2, K, V](m1, m2)
}

func Insert[Map ~map[K]V, K comparable, V any](m Map, seq iter.Seq2[K, V]) {
	std.Insert[Map, K, V](m, seq)
}

func Keys[Map ~map[K]V, K comparable, V any](m Map) iter.Seq[K] { return std.Keys[Map, K, V](m) }

func Values[Map ~map[K]V, K comparable, V any](m Map) iter.Seq[V] { return std.Values[Map, K, V](m) }
