// Package seen does what the race detector does not see, so that it is seen. The packages
// below it stand in for those of the standard library of the same names.
//
//explore:native private
package seen

import "reflect"

// Clear empties a map, or zeroes the elements of a slice, as the built-in clear does. That
// one writes to a slice past the race detector.
func Clear(x any) {
	v := reflect.ValueOf(x)
	if v.Kind() == reflect.Map {
		v.Clear()
		return
	}
	zero := reflect.New(v.Type().Elem()).Elem() // to set reflect.Zero would not be seen either
	for i := range v.Len() {
		v.Index(i).Set(zero)
	}
}
