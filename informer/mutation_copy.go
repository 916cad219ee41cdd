// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"fmt"
	"reflect"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
)

// difference returns what differs between two values, as text, and "" if they
// are equal. Objects may hold what they have computed of themselves, such as a
// quantity in another form; types with a method Equal know, and go-cmp asks them.
func difference[T any](before, now T) (diff string) {
	// What is in an object may panic when it is compared, or may be of a kind
	// that go-cmp refuses. That is no reason to end a program.
	defer func() {
		if value := recover(); value != nil {
			diff = fmt.Sprintf("they differ, and comparing them panicked: %v", value)
		}
	}()
	if reflect.DeepEqual(before, now) {
		return ""
	}
	return cmp.Diff(before, now, cmp.Exporter(func(reflect.Type) bool { return true }))
}

// deepCopy returns a copy that shares nothing with object that could be changed,
// and whether there is one. Types that know how to copy themselves do: those of
// the API machinery, and those with a method DeepCopy that returns a T. Of others
// what is in unexported fields is not copied.
func deepCopy[T any](object T) (copied T, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // an object that cannot be copied is not looked at
		}
	}()
	// T is any type, and what it can do is asked here, of an object that is
	// looked at: this is not on the way of others.
	switch source := any(object).(type) {
	case runtime.Object:
		copied, ok = any(source.DeepCopyObject()).(T)
		return copied, ok
	case interface{ DeepCopy() T }:
		return source.DeepCopy(), true
	}
	c := copier{seen: map[any]reflect.Value{}}
	value := reflect.ValueOf(&object).Elem()
	copied, ok = c.copy(value, 0).Interface().(T)
	return copied, ok
}

// copier copies one object.
type copier struct {
	seen map[any]reflect.Value // by pointer: what points to the same then still does
}

// deepest is how deep an object may be: a slice or map may contain itself.
const deepest = 1_000

// copy panics on an object that is too deep.
func (c *copier) copy(value reflect.Value, depth int) reflect.Value {
	if depth > deepest {
		panic("too deep")
	}
	depth++
	switch value.Kind() {
	case reflect.Pointer:
		return c.pointer(value, depth)
	case reflect.Interface:
		if value.IsNil() {
			return value
		}
		copied := reflect.New(value.Type()).Elem()
		copied.Set(c.copy(value.Elem(), depth))
		return copied
	case reflect.Slice:
		if value.IsNil() {
			return value
		}
		return c.elements(reflect.MakeSlice(value.Type(), value.Len(), value.Len()), value, depth)
	case reflect.Array:
		return c.elements(reflect.New(value.Type()).Elem(), value, depth)
	case reflect.Map:
		return c.table(value, depth)
	case reflect.Struct:
		return c.fields(value, depth)
	}
	return value
}

func (c *copier) pointer(value reflect.Value, depth int) reflect.Value {
	if value.IsNil() {
		return value
	}
	if copied, ok := c.seen[value.Interface()]; ok {
		return copied
	}
	copied := reflect.New(value.Type().Elem())
	c.seen[value.Interface()] = copied
	copied.Elem().Set(c.copy(value.Elem(), depth))
	return copied.Convert(value.Type())
}

func (c *copier) elements(into, from reflect.Value, depth int) reflect.Value {
	for i := range from.Len() {
		into.Index(i).Set(c.copy(from.Index(i), depth))
	}
	return into
}

func (c *copier) table(value reflect.Value, depth int) reflect.Value {
	if value.IsNil() {
		return value
	}
	copied := reflect.MakeMapWithSize(value.Type(), value.Len())
	for pairs := value.MapRange(); pairs.Next(); {
		copied.SetMapIndex(pairs.Key(), c.copy(pairs.Value(), depth))
	}
	return copied
}

func (c *copier) fields(value reflect.Value, depth int) reflect.Value {
	copied := reflect.New(value.Type()).Elem()
	copied.Set(value)
	for i := range value.NumField() {
		if value.Type().Field(i).IsExported() {
			copied.Field(i).Set(c.copy(value.Field(i), depth))
		}
	}
	return copied
}
