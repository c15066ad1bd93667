package harmless

import (
	"fmt"
	"reflect"
)

// Copy copies a value and all that it points to, and puts each string, wherever it is,
// through a function that is also told the name of its field. So a field that is added
// later is not forgotten.
func Copy[T any](value T, change func(field, text string) string) T {
	return copied(reflect.ValueOf(&value).Elem(), "", change).Interface().(T)
}

func copied(v reflect.Value, field string, change func(field, text string) string) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	switch v.Kind() {
	case reflect.String:
		c.SetString(change(field, v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			c.Field(i).Set(copied(v.Field(i), v.Type().Field(i).Name, change))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c.Set(copied(v.Elem(), field, change).Addr())
		}
	case reflect.Slice:
		copyList(c, v, field, change)
	case reflect.Map, reflect.Interface, reflect.Array, reflect.Chan, reflect.Func:
		panic(fmt.Sprintf("harmless: %s: strings in a %s are not seen to", field, v.Kind()))
	}
	return c
}

func copyList(c, v reflect.Value, field string, change func(field, text string) string) {
	if v.IsNil() {
		return
	}
	c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
	for i := range v.Len() {
		c.Index(i).Set(copied(v.Index(i), field, change))
	}
}
