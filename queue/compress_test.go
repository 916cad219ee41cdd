// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
)

func TestCompress(t *testing.T) {
	tests := []struct {
		name string
		push []delta
		want []string
	}{
		{"states of one key are one", []delta{updated("a", "1"), updated("b", "2"), updated("a", "3")},
			[]string{"Updated shop/a a@3", "Updated shop/b b@2"}},
		{"an update of what is new is new", []delta{added("a", "1"), updated("a", "2")},
			[]string{"Added shop/a a@2"}},
		{"an add after an update is as it comes", []delta{updated("a", "1"), added("a", "2")},
			[]string{"Added shop/a a@2"}},
		{"a repetition brings its state and leaves the type", []delta{added("a", "1"), updated("b", "2"), synced("a", "3"), synced("b", "4")},
			[]string{"Added shop/a a@3", "Updated shop/b b@4"}},
		{"a change after a repetition is a change", []delta{synced("a", "1"), updated("a", "2")},
			[]string{"Updated shop/a a@2"}},
		{"a delete takes the place of a state", []delta{updated("a", "1"), updated("b", "2"), deleted("a", "3")},
			[]string{"Deleted shop/a a@3", "Updated shop/b b@2"}},
		{"a delete of what is new stays", []delta{added("a", "1"), deleted("a", "2")},
			[]string{"Deleted shop/a a@2"}},
		{"a state after a delete stays apart", []delta{deleted("a", "1"), added("a", "2"), updated("a", "3")},
			[]string{"Deleted shop/a a@1", "Added shop/a a@3"}},
		{"and so after a key that left", []delta{left("a", "1"), updated("a", "2"), updated("a", "3")},
			[]string{"Left shop/a", "Updated shop/a a@3"}},
		{"leaving keeps the last state, which it has not", []delta{updated("a", "1"), updated("a", "2"), left("a", "3")},
			[]string{"Updated shop/a a@2", "Left shop/a"}},
		{"leaving after a delete says nothing more", []delta{deleted("a", "1"), left("a", "2")},
			[]string{"Deleted shop/a a@1"}},
		{"and a delete after leaving is of nothing known", []delta{left("a", "1"), deleted("a", "2")},
			[]string{"Left shop/a"}},
		{"so is a second delete", []delta{deleted("a", "1"), deleted("a", "2")},
			[]string{"Deleted shop/a a@1"}},
		{"a recreated object that is deleted", []delta{deleted("a", "1"), added("a", "2"), deleted("a", "3")},
			[]string{"Deleted shop/a a@1", "Deleted shop/a a@3"}},
		{"and created once more", []delta{deleted("a", "1"), added("a", "2"), deleted("a", "3"), added("a", "4")},
			[]string{"Deleted shop/a a@1", "Added shop/a a@4"}},
		{"in and out of the source, now in", []delta{updated("a", "1"), left("a", "2"), updated("a", "3"), left("a", "4"), updated("a", "5")},
			[]string{"Updated shop/a a@1", "Left shop/a", "Updated shop/a a@5"}},
		{"in and out of the source, now out", []delta{updated("a", "1"), left("a", "2"), updated("a", "3"), left("a", "4")},
			[]string{"Updated shop/a a@1", "Left shop/a", "Left shop/a"}},
		{"what cannot be used is noted at the state before", []delta{updated("a", "1"), quarantined("a", "2"), quarantined("a", "3")},
			[]string{"Updated shop/a a@1 broken since 3"}},
		{"and healed by the next one", []delta{updated("a", "1"), quarantined("a", "2"), updated("a", "3"), quarantined("b", "4"), updated("b", "5")},
			[]string{"Updated shop/a a@3", "Updated shop/b b@5"}},
		{"a repetition heals nothing", []delta{quarantined("a", "1"), synced("a", "2"), updated("b", "3"), quarantined("b", "4"), synced("b", "5")},
			[]string{"Sync shop/a a@2 broken since 1", "Updated shop/b b@5 broken since 4"}},
		{"nor does a delete before it", []delta{deleted("a", "1"), quarantined("a", "2")},
			[]string{"Deleted shop/a a@1", "Quarantined shop/a broken since 2"}},
		{"bookmarks in a row are one", []delta{bookmark("1"), bookmark("2"), updated("a", "3"), bookmark("4"), bookmark("5")},
			[]string{"Bookmark 2", "Updated shop/a a@3", "Bookmark 5"}},
		{"nothing crosses a list", []delta{updated("a", "1"), replaced("2"), updated("a", "3"), updated("a", "4")},
			[]string{"Updated shop/a a@1", "Replaced 2", "Updated shop/a a@4"}},
		{"not even a list", []delta{replaced("1"), replaced("2")},
			[]string{"Replaced 1", "Replaced 2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
			push(t, q, test.push...)
			if diff := cmp.Diff(test.want, text(pop(t, q))); diff != "" {
				t.Errorf("batch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompressStartsAnewWithEachBatch(t *testing.T) {
	q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
	push(t, q, deleted("a", "1"))
	pop(t, q)
	push(t, q, updated("b", "2"), updated("a", "3"))
	want := []string{"Updated shop/b b@2", "Updated shop/a a@3"}
	if diff := cmp.Diff(want, text(pop(t, q))); diff != "" {
		t.Errorf("second batch (-want +got):\n%s", diff)
	}
}

func TestCompressBoundsWhatOneKeyHolds(t *testing.T) {
	for _, gone := range []queue.DeltaType{queue.Deleted, queue.Left} {
		t.Run(gone.String(), func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
			for i := range 1000 {
				version := strconv.Itoa(i)
				push(t, q, added("a", version), updated("a", version), change(gone, "a", version), bookmark(version))
			}
			if got := q.Len(); got > 8 {
				t.Errorf("%d deltas pending for one key, want at most 3 with as many bookmarks", got)
			}
		})
	}
}

var sink int

// Batches after a burst must not pay for its size.
func BenchmarkCompressAfterABurst(b *testing.B) {
	for _, burst := range []int{0, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("burst=%d", burst), func(b *testing.B) {
			q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
			for i := range burst {
				push(b, q, delta{Type: queue.Updated, Item: named(strconv.Itoa(i), "1", "")})
			}
			one := updated("a", "1")
			push(b, q, one)
			pop(b, q)
			b.ReportAllocs()
			for b.Loop() {
				push(b, q, one)
				sink += len(pop(b, q))
			}
		})
	}
}
