// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"testing"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// The objects of these tests are strings: the state that is looked for later.
type (
	delta = queue.Delta[string]
	item  = store.Item[string]
)

func named(name, version, object string) item {
	return item{Key: store.Key{Namespace: "shop", Name: name}, Version: version, Object: object}
}

func change(kind queue.DeltaType, name, version string) delta {
	object := name + "@" + version
	if kind == queue.Left {
		object = ""
	}
	return delta{Type: kind, Item: named(name, version, object)}
}

func added(name, version string) delta   { return change(queue.Added, name, version) }
func updated(name, version string) delta { return change(queue.Updated, name, version) }
func deleted(name, version string) delta { return change(queue.Deleted, name, version) }
func left(name, version string) delta    { return change(queue.Left, name, version) }
func synced(name, version string) delta  { return change(queue.Sync, name, version) }

func quarantined(name, version string) delta {
	d := change(queue.Quarantined, name, version)
	d.Item.Object, d.Err = "", &listwatch.ItemError{Key: d.Item.Key, Version: version}
	return d
}

func bookmark(version string) delta {
	return delta{Type: queue.Bookmark, Item: item{Version: version}}
}

func replaced(version string, items ...item) delta {
	list := &store.Batch[string]{}
	for _, listed := range items {
		list.Append(listed)
	}
	return delta{Type: queue.Replaced, Item: item{Version: version}, Items: list}
}

// text shows deltas as in a log, one line each: "Updated shop/a a@2".
func text(deltas []delta) []string {
	var lines []string
	for _, d := range deltas {
		line := d.Type.String()
		switch d.Type {
		case queue.Replaced, queue.Bookmark:
			line += " " + d.Item.Version
		case queue.Left, queue.Quarantined:
			line += " " + d.Item.Key.String()
		default:
			line += " " + d.Item.Key.String() + " " + d.Item.Object
		}
		if d.Err != nil {
			line += " broken since " + d.Err.Version
		}
		if d.Items != nil {
			for listed := range d.Items.All() {
				line += " " + listed.Object
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func push(t testing.TB, q *queue.DeltaFIFO[string], deltas ...delta) {
	t.Helper()
	for _, d := range deltas {
		if err := q.Push(t.Context(), d); err != nil {
			t.Errorf("push of %v: %v", text([]delta{d}), err)
		}
	}
}

func pop(t testing.TB, q *queue.DeltaFIFO[string]) []delta {
	t.Helper()
	batch, err := q.PopBatch(t.Context())
	if err != nil {
		t.Errorf("pop: %v", err)
	}
	return batch
}

// isClosed says whether a channel of the Synced kind has been closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
