package inboxtest

import (
	"encoding/json"
	"reflect"
	"time"
)

// filled returns a T in which every exported field has a value that is not
// zero, and no two the same: a store that forgets a field, also one that is
// added tomorrow, is found out.
func filled[T any]() (v T) {
	f := filler{}
	f.fill(reflect.ValueOf(&v).Elem(), "")
	return v
}

type filler struct{ n int }

func (f *filler) fill(v reflect.Value, name string) {
	f.n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(start.Add(time.Duration(f.n) * 1001 * time.Microsecond)))
		return
	case json.RawMessage:
		v.SetBytes([]byte(`{"a":[1,"` + name + `"]}`))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(name + " <é🙏🏽>")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint64:
		v.SetUint(1<<63 + uint64(f.n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i), name)
		}
	case reflect.Map:
		f.fillMap(v, name)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.fill(v.Field(i), field.Name)
			}
		}
	default:
		panic("no value for " + name + " of type " + v.Type().String())
	}
}

func (f *filler) fillMap(v reflect.Value, name string) {
	key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	f.fill(key, name)
	f.fill(value, name)
	v.Set(reflect.MakeMap(v.Type()))
	v.SetMapIndex(key, value)
}
