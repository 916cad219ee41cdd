// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/store"
)

// host is a type that knows nothing of Kubernetes.
type host struct {
	Name string
	Load int
}

func hostKey(h host) store.Key { return store.Key{Name: h.Name} }

func newHosts(t *testing.T, hosts ...host) *store.Store[host] {
	t.Helper()
	s := store.New(store.WithKey(hostKey))
	for _, h := range hosts {
		if err := s.Add(h); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func batchOf(hosts ...host) *store.Batch[host] {
	items := new(store.Batch[host])
	for _, h := range hosts {
		items.Append(store.Item[host]{Key: hostKey(h), Object: h})
	}
	return items
}

func TestStoreAddUpdateDelete(t *testing.T) {
	s := newHosts(t, host{"a", 1}, host{"b", 2})
	if err := s.Update(host{"a", 3}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(host{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(host{Name: "never"}); err != nil {
		t.Errorf("Delete of what is not there: %v", err)
	}
	if got, found := s.Get(store.Key{Name: "a"}); !found || got.Load != 3 {
		t.Errorf("Get(a) = %v, %v", got, found)
	}
	if got, found := s.Get(store.Key{Name: "b"}); found {
		t.Errorf("Get(b) = %v after its deletion", got)
	}
	if s.Len() != 1 {
		t.Errorf("Len() = %d, want 1", s.Len())
	}
	if old, existed := s.DeleteKey(store.Key{Name: "a"}); !existed || old.Load != 3 {
		t.Errorf("DeleteKey(a) = %v, %v", old, existed)
	}
}

func TestStoreRejectsAnObjectWithoutAName(t *testing.T) {
	s := newHosts(t, host{"a", 1})
	var keyError *store.KeyError
	for doing, err := range map[string]error{
		"add":     s.Add(host{}),
		"update":  s.Update(host{}),
		"delete":  s.Delete(host{}),
		"replace": s.Replace(slices.Values([]host{{"b", 1}, {}})),
		"slashes": s.Add(host{Name: "a/b"}),
	} {
		if !errors.As(err, &keyError) {
			t.Errorf("%s: %v, want a *KeyError", doing, err)
		}
	}
	if diff := cmp.Diff([]host{{"a", 1}}, s.List()); diff != "" {
		t.Errorf("the store has changed: -want +got\n%s", diff)
	}
}

func TestStoreWithoutItemFuncSaysSo(t *testing.T) {
	if err := store.New[host](nil).Add(host{"a", 1}); err == nil {
		t.Error("Add to a store that cannot read keys: no error")
	}
}

func TestFromMeta(t *testing.T) {
	object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", UID: "u", ResourceVersion: "7"}}
	got, err := store.FromMeta(object)
	want := store.Item[*metav1.PartialObjectMetadata]{Key: store.Key{Namespace: "shop", Name: "web-0"}, UID: "u", Version: "7", Object: object}
	if err != nil || got != want {
		t.Errorf("FromMeta = %+v, %v; want %+v", got, err, want)
	}
	var keyError *store.KeyError
	if _, err := store.FromMeta(&metav1.PartialObjectMetadata{}); !errors.As(err, &keyError) {
		t.Errorf("FromMeta without a name: %v, want a *KeyError", err)
	}
}

func TestReplaceKeepsUnchangedVersions(t *testing.T) {
	s := store.New(store.FromMeta[*metav1.PartialObjectMetadata])
	object := func(name, version string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: version}}
	}
	same, changed, gone := object("same", "1"), object("changed", "1"), object("gone", "1")
	if err := s.Replace(slices.Values([]*metav1.PartialObjectMetadata{same, changed, gone})); err != nil {
		t.Fatal(err)
	}
	changedNow, added := object("changed", "2"), object("new", "3")
	if err := s.Replace(slices.Values([]*metav1.PartialObjectMetadata{object("same", "1"), changedNow, added})); err != nil {
		t.Fatal(err)
	}
	want := map[store.Key]*metav1.PartialObjectMetadata{{Name: "same"}: same, {Name: "changed"}: changedNow, {Name: "new"}: added}
	got := maps.Collect(s.Items())
	if !maps.Equal(want, got) { // pointers: the new copy of same is dropped
		t.Errorf("content %v, want %v", got, want)
	}
}

// replacement records what Tx.Replace reports.
type replacement struct{ log []string }

func (r *replacement) Removed(old store.Item[host]) { r.log = append(r.log, "removed "+old.Key.Name) }
func (r *replacement) Inserted(item store.Item[host]) {
	r.log = append(r.log, "inserted "+item.Key.Name)
}
func (r *replacement) Updated(old, item store.Item[host]) {
	r.log = append(r.log, fmt.Sprintf("updated %s %d→%d", item.Key.Name, old.Object.Load, item.Object.Load))
}

func (r *replacement) Unlisted(old store.Item[host]) { r.log = append(r.log, "unlisted "+old.Key.Name) }

func (r *replacement) Refused(item store.Item[host], err error) {
	r.log = append(r.log, fmt.Sprintf("refused %s %d: %v", item.Key.Name, item.Object.Load, err))
}

func TestReplaceReportsRemovalsFirstAndThenTheListInOrder(t *testing.T) {
	s := newHosts(t, host{"a", 1}, host{"b", 1}, host{"c", 1})
	var got replacement
	s.Apply(func(tx store.Tx[host]) {
		tx.Replace(batchOf([]host{{"z", 1}, {"c", 2}, {"y", 1}, {"z", 2}}...), &got)
	})
	slices.Sort(got.log[:2]) // removals are in no particular order
	want := []string{"removed a", "removed b", "inserted z", "updated c 1→2", "inserted y", "updated z 1→2"}
	if diff := cmp.Diff(want, got.log); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestG03_AQueryIsAnsweredFromOneState(t *testing.T) {
	const hosts, rounds = 100, 500
	s := store.New(store.WithKey(hostKey))
	write := func(load int) {
		s.Apply(func(tx store.Tx[host]) {
			for i := range hosts {
				h := host{fmt.Sprint("host-", (i+load)%(2*hosts)), load}
				tx.Put(store.Item[host]{Key: hostKey(h), Object: h})
			}
			for i := hosts; i < 2*hosts; i++ {
				tx.Delete(store.Key{Name: fmt.Sprint("host-", (i+load)%(2*hosts))})
			}
		})
	}
	write(0)
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				for name, loads := range map[string][]host{"All": slices.Collect(s.All()), "List": s.List(), "Snapshot": s.Snapshot().List()} {
					if len(loads) != hosts {
						t.Errorf("%s: %d hosts, want %d", name, len(loads), hosts)
						return
					}
					for _, h := range loads {
						if h.Load != loads[0].Load {
							t.Errorf("%s: loads of two states, %d and %d", name, h.Load, loads[0].Load)
							return
						}
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for load := range rounds {
		write(load)
	}
	close(done)
	readers.Wait()
}

func TestG39_ASnapshotDoesNotChangeAndWritersDoNotWait(t *testing.T) {
	s := store.New(store.WithKey(hostKey))
	want := map[store.Key]host{}
	for i := range 1000 {
		h := host{fmt.Sprint("host-", i), i}
		want[hostKey(h)] = h
		if err := s.Add(h); err != nil {
			t.Fatal(err)
		}
	}
	snapshot := s.Snapshot()
	// The loop below writes while it iterates: if iterating held a lock, it
	// would not get on.
	seen := map[store.Key]host{}
	for key, h := range s.Items() {
		seen[key] = h
		s.DeleteKey(key)
		for _, next := range []host{{h.Name + "-next", 0}, {"host-1", -1}} {
			if err := s.Add(next); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("iteration: -want +got\n%s", diff)
	}
	if diff := cmp.Diff(want, maps.Collect(snapshot.Items())); diff != "" {
		t.Errorf("snapshot: -want +got\n%s", diff)
	}
	if snapshot.Len() != 1000 || len(snapshot.List()) != 1000 || len(slices.Collect(snapshot.Keys())) != 1000 {
		t.Errorf("snapshot has %d objects, %d in the list", snapshot.Len(), len(snapshot.List()))
	}
}

func TestZeroSnapshotIsEmpty(t *testing.T) {
	var none store.Snapshot[host]
	if none.Len() != 0 || len(none.List()) != 0 || len(slices.Collect(none.Keys())) != 0 {
		t.Error("the zero Snapshot is not empty")
	}
}

func TestUpdateAndGetDoNotAllocate(t *testing.T) {
	s := newHosts(t, host{"a", 1}, host{"b", 2})
	key, other := store.Key{Name: "a"}, store.Key{Name: "missing"}
	if n := testing.AllocsPerRun(100, func() {
		s.Apply(func(tx store.Tx[host]) { tx.Put(store.Item[host]{Key: key, Object: host{"a", 2}}) })
		s.Get(key)
		s.Get(other)
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestAStoreCanBeEmptiedAndFilledAgain(t *testing.T) {
	s := store.New(store.WithKey(hostKey))
	for i := range 10_000 {
		if err := s.Add(host{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for key := range s.Keys() {
		s.DeleteKey(key)
	}
	if s.Len() != 0 || len(s.List()) != 0 {
		t.Fatalf("%d objects left", s.Len())
	}
	for i := range 10_000 { // the slots are used again
		if err := s.Add(host{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if s.Len() != 10_000 || len(s.List()) != 10_000 {
		t.Errorf("%d objects, %d in the list", s.Len(), len(s.List()))
	}
}
