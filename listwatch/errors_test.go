// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"errors"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestItemError(t *testing.T) {
	cause := errors.New("no size")
	tests := []struct {
		err  listwatch.ItemError
		want string
	}{
		{
			listwatch.ItemError{Stage: listwatch.StageDecode, Err: cause},
			"listwatch: item: decode: no size; this item is left out until its next event, the rest goes on",
		},
		{
			listwatch.ItemError{
				Resource: schema.GroupVersionResource{Group: "toys", Version: "v1", Resource: "widgets"},
				Key:      store.Key{Namespace: "shop", Name: "a"}, Version: "7", Stage: "paint", Err: cause,
			},
			`listwatch: widgets.toys "shop/a" at version 7: paint: no size; this item is left out until its next event, the rest goes on`,
		},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("Error() = %q, want %q", got, test.want)
		}
		if !errors.Is(&test.err, cause) {
			t.Errorf("%v does not wrap its cause", &test.err)
		}
	}
}

func TestEventTypeString(t *testing.T) {
	for kind, want := range map[listwatch.EventType]string{
		listwatch.Added: "Added", listwatch.Modified: "Modified", listwatch.Deleted: "Deleted",
		listwatch.Left: "Left", listwatch.Bookmark: "Bookmark", 0: "EventType(?)",
	} {
		if got := kind.String(); got != want {
			t.Errorf("EventType(%d).String() = %q, want %q", kind, got, want)
		}
	}
}
