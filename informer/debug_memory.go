// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"reflect"

	"github.com/typedinformer/typedinformer/index"
)

// debugMemory is an estimate of what a cache takes.
type debugMemory struct {
	Bytes   int64 `json:"bytes"`
	Objects int64 `json:"objectBytes"` // of these, the objects
	Indexes int64 `json:"indexBytes"`  // and the indexes
	Sampled int   `json:"sampled"`     // objects that were looked at for it
}

const (
	// sampledObjects are looked at, spread over the sampledAmong that come first:
	// how large a cache is makes no difference to what that costs.
	sampledObjects = 32
	sampledAmong   = 2048
	// heldBytes is what the store needs for an object beside that.
	heldBytes = 90
	// memberBytes is what an index needs for an object, and valueBytes for a value;
	// see package index.
	memberBytes = 20
	valueBytes  = 150
)

// estimateMemory looks at a few objects, and takes all others to be like them.
func (inf *Informer[T]) estimateMemory(indexes []index.Summary) (memory debugMemory) {
	state := inf.store.Snapshot()
	step := max(1, min(state.Len(), sampledAmong)/sampledObjects)
	seen, sampled := 0, int64(0)
	for object := range state.All() {
		if seen%step == 0 {
			sampled += sizeOf(object)
			memory.Sampled++
		}
		if seen++; memory.Sampled == sampledObjects {
			break
		}
	}
	count := int64(state.Len())
	if memory.Sampled > 0 {
		memory.Objects = count * (heldBytes + sampled/int64(memory.Sampled))
	}
	for _, held := range indexes {
		memory.Indexes += count*memberBytes + int64(held.Values)*valueBytes
	}
	memory.Bytes = memory.Objects + memory.Indexes
	return memory
}

// sizeOf returns how many bytes are reached from an object, as far as exported
// fields lead. What other fields point to is not followed, and so not counted: it
// may be shared by all, as time zones are, or be filled in while somebody reads.
func sizeOf[T any](object T) int64 {
	value := reflect.ValueOf(&object).Elem()
	s := sizing{seen: map[uintptr]bool{}, left: sizedValues}
	return int64(value.Type().Size()) + s.behind(value)
}

// sizedValues is how many values of an object are looked at; one that has more is
// larger than it is said to be.
const sizedValues = 10_000

// sizing is what has been looked at of an object.
type sizing struct {
	seen map[uintptr]bool // pointers, or there might be no end
	left int
}

// behind returns the size of what a value refers to, without that of its own.
func (s *sizing) behind(v reflect.Value) int64 {
	if s.left--; s.left < 0 {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		return int64(v.Len())
	case reflect.Pointer:
		if v.IsNil() || s.seen[v.Pointer()] {
			return 0
		}
		s.seen[v.Pointer()] = true
		return s.whole(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return s.whole(v.Elem())
	case reflect.Struct:
		return s.fields(v)
	case reflect.Slice:
		return int64(v.Cap())*int64(v.Type().Elem().Size()) + s.elements(v)
	case reflect.Array:
		return s.elements(v)
	case reflect.Map:
		return s.entries(v)
	}
	return 0
}

// whole returns the size of a value with what it refers to.
func (s *sizing) whole(v reflect.Value) int64 { return int64(v.Type().Size()) + s.behind(v) }

func (s *sizing) fields(v reflect.Value) (size int64) {
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			size += s.behind(v.Field(i))
		}
	}
	return size
}

func (s *sizing) elements(v reflect.Value) (size int64) {
	if v.Type().Elem().Kind() <= reflect.Complex128 { // refers to nothing
		return 0
	}
	for i := 0; i < v.Len() && s.left > 0; i++ {
		size += s.behind(v.Index(i))
	}
	return size
}

// entries returns the size of a map, which has room for a third more entries than
// there are.
func (s *sizing) entries(v reflect.Value) int64 {
	own := int64(v.Type().Key().Size()+v.Type().Elem().Size()) + 1
	size := 48 + int64(v.Len())*own*4/3
	for entry := v.MapRange(); s.left > 0 && entry.Next(); {
		size += s.behind(entry.Key()) + s.behind(entry.Value())
	}
	return size
}
