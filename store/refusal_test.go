// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/store"
)

var errOverloaded = errors.New("overloaded")

// A limit is an observer that refuses hosts with more load than it allows, and
// logs what it is called with.
type limit struct {
	name string
	max  int
	log  *[]string
}

func (l limit) take(what string, h host) error {
	if h.Load > l.max {
		*l.log = append(*l.log, fmt.Sprintf("%s refuses %s", l.name, what))
		return errOverloaded
	}
	*l.log = append(*l.log, fmt.Sprintf("%s takes %s", l.name, what))
	return nil
}

func (l limit) Insert(_ store.Slot, key store.Key, h host) error {
	return l.take(fmt.Sprintf("%v %d", key, h.Load), h)
}

func (l limit) Update(_ store.Slot, key store.Key, old, h host) error {
	return l.take(fmt.Sprintf("%v %d→%d", key, old.Load, h.Load), h)
}

func (l limit) Revert(_ store.Slot, key store.Key, refused, held host, existed bool) {
	*l.log = append(*l.log, fmt.Sprintf("%s reverts %v %d to %d, %t", l.name, key, refused.Load, held.Load, existed))
}

func (l limit) Remove(_ store.Slot, key store.Key, old host) {
	*l.log = append(*l.log, fmt.Sprintf("%s removes %v %d", l.name, key, old.Load))
}

func (l limit) Settle() { *l.log = append(*l.log, l.name+" settles") }

// limited is a store with three observers, of which the last one refuses most.
func limited(t *testing.T, log *[]string, hosts ...host) *store.Store[host] {
	t.Helper()
	s := newHosts(t, hosts...)
	for name, limits := range []int{100, 100, 10} {
		if refused := s.Observe(limit{fmt.Sprint(name), limits, log}); len(refused) != 0 {
			t.Fatal(refused)
		}
	}
	*log = nil
	return s
}

func TestG29_AWriteThatAnObserverRefusesIsTakenBackFromTheOthers(t *testing.T) {
	for name, test := range map[string]struct {
		write func(*store.Store[host]) error
		log   []string
	}{
		"an insertion": {
			func(s *store.Store[host]) error { return s.Add(host{"b", 50}) },
			[]string{
				"0 takes b 50", "1 takes b 50", "2 refuses b 50",
				"1 reverts b 50 to 0, false", "0 reverts b 50 to 0, false",
				"0 settles", "1 settles", "2 settles",
			},
		},
		"an update": {
			func(s *store.Store[host]) error { return s.Update(host{"a", 50}) },
			[]string{
				"0 takes a 5→50", "1 takes a 5→50", "2 refuses a 5→50",
				"1 reverts a 50 to 5, true", "0 reverts a 50 to 5, true",
				"0 settles", "1 settles", "2 settles",
			},
		},
		"one that the first refuses": {
			func(s *store.Store[host]) error { return s.Update(host{"a", 500}) },
			[]string{"0 refuses a 5→500", "0 settles", "1 settles", "2 settles"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log []string
			s := limited(t, &log, host{"a", 5})
			before := s.Snapshot()
			if err := test.write(s); !errors.Is(err, errOverloaded) || !strings.HasPrefix(err.Error(), "store: ") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(test.log, log); diff != "" {
				t.Errorf("calls of observers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]host{{"a", 5}}, s.List()); diff != "" || s.Len() != 1 {
				t.Errorf("the store has changed (-want +got):\n%s", diff)
			}
			if _, found := s.Get(store.Key{Name: "b"}); found {
				t.Error("a new object that was refused is found")
			}
			if diff := cmp.Diff([]host{{"a", 5}}, before.List()); diff != "" {
				t.Errorf("a snapshot has changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestG34_ARefusedObjectKeepsItsLastGoodStateUntilItsNextWrite(t *testing.T) {
	var log []string
	s := limited(t, &log, host{"a", 5})
	item := func(h host) store.Item[host] { return store.Item[host]{Key: hostKey(h), Object: h} }
	s.Apply(func(tx store.Tx[host]) {
		if old, existed, err := tx.Put(item(host{"a", 50})); !errors.Is(err, errOverloaded) || !existed || old.Object.Load != 5 {
			t.Errorf("Put of a bad state = %v, %t, %v; want the state that stays", old, existed, err)
		}
		if old, existed, err := tx.Put(item(host{"new", 50})); !errors.Is(err, errOverloaded) || existed || old != (store.Item[host]{}) {
			t.Errorf("Put of a bad state of a new key = %v, %t, %v; want nothing", old, existed, err)
		}
		if held, found := tx.Get(store.Key{Name: "a"}); !found || held.Object.Load != 5 {
			t.Errorf("Get after the refusal = %v, %t", held, found)
		}
		if old, existed, err := tx.Put(item(host{"a", 6})); err != nil || !existed || old.Object.Load != 5 {
			t.Errorf("the next Put of the key = %v, %t, %v", old, existed, err)
		}
		if _, existed, err := tx.Put(item(host{"new", 7})); err != nil || existed {
			t.Errorf("the next Put of the new key = %t, %v", existed, err)
		}
	})
	if got := sorted(s.List()); !slices.Equal(got, []host{{"a", 6}, {"new", 7}}) {
		t.Errorf("the store holds %v", got)
	}
}

func sorted(hosts []host) []host {
	slices.SortFunc(hosts, func(a, b host) int { return strings.Compare(a.Name, b.Name) })
	return hosts
}

func TestG34_AReplacementGoesOnAfterAnObjectThatIsRefused(t *testing.T) {
	start := []host{{"a", 5}, {"b", 5}, {"c", 5}}
	list := []host{{"a", 6}, {"b", 50}, {"new", 50}, {"other", 7}}
	want := []host{{"a", 6}, {"b", 5}, {"other", 7}}

	var log []string
	s := limited(t, &log, start...)
	err := s.Replace(slices.Values(list))
	wantText := "store: replace \"b\": overloaded\nstore: replace \"new\": overloaded"
	if !errors.Is(err, errOverloaded) || err.Error() != wantText {
		t.Errorf("error %v, want %s", err, wantText)
	}
	if diff := cmp.Diff(want, sorted(s.List())); diff != "" {
		t.Errorf("Store.Replace (-want +got):\n%s", diff)
	}

	s = limited(t, &log, start...)
	var got replacement
	s.Apply(func(tx store.Tx[host]) { tx.Replace(batchOf(list...), &got) })
	reports := []string{"removed c", "updated a 5→6", "refused b 50: overloaded", "refused new 50: overloaded", "inserted other"}
	if diff := cmp.Diff(reports, got.log); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	s.Apply(func(tx store.Tx[host]) { tx.Replace(batchOf(list...), nil) }) // nobody asks
	if diff := cmp.Diff(want, sorted(s.List())); diff != "" {
		t.Errorf("Tx.Replace (-want +got):\n%s", diff)
	}
}

func TestG34_AnEmptyStoreTakesTheRestOfItsFirstList(t *testing.T) {
	var log []string
	s := limited(t, &log)
	hosts := make([]host, 1_000)
	for i := range hosts {
		hosts[i] = host{fmt.Sprint("host-", i), i % 20} // from 11 on each is refused
	}
	if err := s.Replace(slices.Values(hosts)); !errors.Is(err, errOverloaded) {
		t.Error(err)
	}
	if s.Len() != 550 || len(s.List()) != 550 {
		t.Errorf("%d objects, %d in the list, want 550", s.Len(), len(s.List()))
	}
	for _, h := range hosts {
		if _, found := s.Get(hostKey(h)); found != (h.Load <= 10) {
			t.Errorf("Get(%s) with load %d: %t", h.Name, h.Load, found)
		}
	}
}

func TestG29_AnObserverAddedLateDoesWithoutWhatItRefuses(t *testing.T) {
	var log []string
	s := newHosts(t, host{"a", 5}, host{"b", 50})
	if refused := s.Observe(limit{"late", 10, &log}); len(refused) != 1 || !errors.Is(refused[0], errOverloaded) {
		t.Errorf("Observe = %v, want one refusal", refused)
	}
	if s.Len() != 2 {
		t.Errorf("%d objects, want both to stay", s.Len())
	}
	log = nil
	if err := s.Update(host{"b", 60}); !errors.Is(err, errOverloaded) {
		t.Errorf("a bad update: %v", err)
	}
	if err := s.Update(host{"b", 6}); err != nil {
		t.Errorf("a good update: %v", err)
	}
	want := []string{"late refuses b 50→60", "late settles", "late takes b 50→6", "late settles"}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
