// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// ring is an object without an end.
type ring struct {
	Next *ring
	own  *ring
}

func TestDebugSizeOfAnObject(t *testing.T) {
	endless := &ring{}
	endless.Next = endless
	text := strings.Repeat("x", 100)
	for _, test := range []struct {
		name string
		got  int64
		want int64
	}{
		{"a number", informer.SizeOf(7), 8},
		{"a text", informer.SizeOf(text), 16 + 100},
		{"a pointer", informer.SizeOf(&text), 8 + 16 + 100},
		{"no pointer", informer.SizeOf((*string)(nil)), 8},
		{"a slice with room", informer.SizeOf(make([]int32, 2, 10)), 24 + 40},
		{"texts", informer.SizeOf([]string{text, text}), 24 + 2*116},
		{"an array", informer.SizeOf([2]string{text, text}), 2 * 116},
		{"anything", informer.SizeOf([]any{text, nil, 7}), 24 + 3*16 + 116 + 8},
		{"a map", informer.SizeOf(map[string]string{"a": text}), 8 + 48 + 33*4/3 + 1 + 100},
		{"a ring", informer.SizeOf(endless), 8 + 16},
		{"what is not exported", informer.SizeOf(&ring{own: &ring{}}), 8 + 16},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d bytes, want %d", test.name, test.got, test.want)
		}
	}
	if size := informer.SizeOf(make([]string, 1_000_000)); size != 24+16_000_000 {
		t.Errorf("a million empty texts: %d bytes", size)
	}
}

// Of a large cache no more is looked at than of a small one.
func TestDebugEstimatesMemoryFromAFewObjects(t *testing.T) {
	for _, test := range []struct{ objects, sampled int64 }{{0, 0}, {3, 3}, {100, 32}, {5000, 32}} {
		synctest.Test(t, func(t *testing.T) {
			var items []store.Item[string]
			for i := range test.objects {
				items = append(items, store.Item[string]{Key: store.Key{Name: fmt.Sprint(i)}, Object: strings.Repeat("x", 894)})
			}
			inf := informer.New(listed(items), quiet)
			stop := run(t, inf)
			d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
			memory := d.overview()[0].Memory
			if memory.Sampled != test.sampled || memory.ObjectBytes != test.objects*1000 || memory.Bytes != memory.ObjectBytes+memory.IndexBytes {
				t.Errorf("%d objects: %+v", test.objects, memory)
			}
			if (memory.IndexBytes > 0) != (test.objects > 0) {
				t.Errorf("the indexes of %d objects: %+v", test.objects, memory)
			}
			stop()
		})
	}
}
