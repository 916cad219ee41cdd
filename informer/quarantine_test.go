// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// scripted is an informer over a script, with what it reports and delivers.
type scripted struct {
	*script
	inf   *informer.Informer[*Widget]
	calls *recorder
	items []*listwatch.ItemError
	stop  func()
}

func startScripted(t *testing.T, wrap func(listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget]) *scripted {
	s := &scripted{script: newScript(t), calls: &recorder{}}
	var source listwatch.ListWatcher[*Widget] = s.script
	if wrap != nil {
		source = wrap(source)
	}
	s.inf = informer.New(source, informer.Options{OnError: func(err error) {
		var item *listwatch.ItemError
		if errors.As(err, &item) {
			s.items = append(s.items, item)
		}
	}})
	addHandler(t, s.inf, s.calls, informer.HandlerOptions[*Widget]{})
	s.stop = run(t, s.inf)
	return s
}

// wantCache checks what the cache holds, and which of it is stale.
func (s *scripted) wantCache(want ...string) {
	s.t.Helper()
	synctest.Wait()
	if counted, all := s.inf.Stats().Quarantined, len(s.inf.Health().Quarantined); counted != all {
		s.t.Errorf("Stats counts %d objects in quarantine, Health %d", counted, all)
	}
	var got []string
	for key, w := range cached(s.inf) {
		if entry, broken := s.inf.Quarantined(key); broken {
			w += fmt.Sprintf(" stale since %s", entry.Version)
			if !entry.Stale {
				s.t.Errorf("%v is in the cache and in quarantine, and not marked stale", key)
			}
		}
		got = append(got, w)
	}
	for _, entry := range s.inf.Health().Quarantined {
		if !entry.Stale {
			got = append(got, fmt.Sprintf("%v missing since %s", entry.Key, entry.Version))
		}
	}
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		s.t.Errorf("the cache (-want +got):\n%s", diff)
	}
}

func TestG34_AStateThatCannotBeUsedLeavesTheLastGoodOneMarkedStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"))
		s.wantCache("a=1@1", "b=2@2")
		began := time.Now()
		s.breaks("a", "11")
		s.modified(at(widget("b", 3), "12"))
		s.wantCache("a=1@1 stale since 11", "b=3@12")
		time.Sleep(time.Minute)
		s.breaks("a", "13")
		s.wantCache("a=1@1 stale since 13", "b=3@12")
		entry, _ := s.inf.Quarantined(store.Key{Name: "a"})
		if entry.States != 2 || !entry.Since.Equal(began) || entry.Stage != listwatch.StageDecode || !errors.Is(entry.Err, errBroken) {
			t.Errorf("quarantined: %+v, want 2 states since %v", entry, began)
		}
		if got := s.inf.Stats(); got.Version != "13" {
			t.Errorf("the cache is at version %s, want 13: a state that cannot be used has been dealt with too", got.Version)
		}

		s.modified(at(widget("a", 4), "14")) // heals
		s.wantCache("a=4@14", "b=3@12")
		if diff := cmp.Diff([]string{"initial a=1", "initial b=2", "update b 2→3", "update a 1→4"}, s.calls.take()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if len(s.items) != 2 {
			t.Errorf("reported %v, want two states", s.items)
		}
		s.stop()
	})
}

func TestG34_ADeletedObjectLeavesQuarantine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"))
		s.breaks("a", "11")
		s.breaks("b", "12")
		s.breaks("c", "13")
		s.wantCache("a=1@1 stale since 11", "b=2@2 stale since 12", "c missing since 13")
		s.deleted(at(widget("a", 1), "14"))
		s.left("b", "15")
		s.left("c", "16")
		s.wantCache()
		s.stop()
	})
}

func TestG34_AListKeepsTheLastGoodStateOfWhatItCannotUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"), at(widget("c", 3), "3"), at(widget("d", 4), "4"))
		s.breaks("c", "11")
		s.breaks("d", "12")
		s.expire()
		time.Sleep(2 * time.Minute) // the wait before the list
		s.listItems("20", brokenItem("a", "13"), itemOf(at(widget("b", 5), "14")), brokenItem("c", "11"), brokenItem("e", "15"))
		// d is not listed, so it is gone; c was broken before.
		s.wantCache("a=1@1 stale since 13", "b=5@14", "c=3@3 stale since 11", "e missing since 15")
		s.expire()
		time.Sleep(2 * time.Minute)
		s.list("30", at(widget("a", 6), "21"), at(widget("b", 5), "14"), at(widget("c", 3), "3"), at(widget("e", 7), "22"))
		s.wantCache("a=6@21", "b=5@14", "c=3@3", "e=7@22")
		s.stop()
	})
}

// An item without a name may be any of those that are missing: none is deleted
// until a list says for sure.
func TestG34_AListWithAnUnnamedItemDeletesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.listItems("10", itemOf(at(widget("a", 1), "1")), itemOf(at(widget("b", 2), "2")), brokenItem("", "3"))
		s.wantCache("a=1@1", "b=2@2")
		s.expire()
		time.Sleep(2 * time.Minute)
		s.listItems("20", itemOf(at(widget("a", 3), "11")), brokenItem("", "12"))
		s.wantCache("a=3@11", "b=2@2 stale since ")
		s.expire()
		time.Sleep(2 * time.Minute)
		s.list("30", at(widget("a", 3), "11"))
		s.wantCache("a=3@11")
		if diff := cmp.Diff([]string{"initial a=1", "initial b=2", "update a 1→3", "gone b=2"}, s.calls.take()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		s.stop()
	})
}

// While the list was read a newer state of the object was on its way: that one
// stays, not what the cache held when the list met the object.
func TestG34_AListDoesNotTurnBackWhatItCannotUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.list("10", at(widget("a", 1), "1"))
		synctest.Wait()
		// The index function holds the loop, so that what follows is queued.
		hold := make(chan struct{})
		_, err := index.Add(s.inf.Indexer(), "slow", func(w *Widget) (int, bool) {
			if w.Size == 2 {
				<-hold
			}
			return w.Size, true
		})
		if err != nil {
			t.Fatal(err)
		}
		s.modified(at(widget("b", 2), "11"))
		synctest.Wait()
		s.modified(at(widget("a", 3), "12"))
		s.expire()
		// Known is asked of a store that is locked by the writer: the list waits
		// for it, so the order is forced by letting both go.
		close(hold)
		time.Sleep(2 * time.Minute)
		s.listItems("20", brokenItem("a", "13"), itemOf(at(widget("b", 2), "11")))
		s.wantCache("a=3@12 stale since 13", "b=2@11")
		s.stop()
	})
}

func TestG34_AnObjectThatATransformFailsOnIsQuarantinedAndHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, func(source listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget] {
			return listwatch.Map(source, func(w *Widget) (*Widget, error) {
				switch {
				case w.Size == 13:
					return nil, errBroken
				case w.Size == 14:
					panic("unlucky too")
				}
				return w, nil
			})
		})
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 13), "2"))
		s.wantCache("a=1@1", "b missing since 2")
		s.modified(at(widget("a", 14), "11"))
		s.modified(at(widget("b", 2), "12"))
		s.wantCache("a=1@1 stale since 11", "b=2@12")
		s.modified(at(widget("a", 15), "13"))
		s.wantCache("a=15@13", "b=2@12")
		s.deleted(at(widget("b", 13), "14"))
		s.wantCache("a=15@13")
		s.stop()
	})
}

func TestG29_AnObjectThatAnIndexCannotTakeIsQuarantinedAndTheRestIsIndexed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		bySize, err := index.Add(s.inf.Indexer(), "size", func(w *Widget) (int, bool) {
			if w.Size == 13 {
				panic("unlucky")
			}
			return w.Size, true
		})
		if err != nil {
			t.Fatal(err)
		}
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 13), "2"), at(widget("c", 1), "3"))
		s.wantCache("a=1@1", "b missing since 2", "c=1@3")
		s.modified(at(widget("a", 13), "11"))
		s.modified(at(widget("c", 2), "12"))
		s.wantCache("a=1@1 stale since 11", "b missing since 2", "c=2@12")
		if bySize.Count(1) != 1 || bySize.Count(2) != 1 {
			t.Errorf("the index holds %d of size 1 and %d of size 2, want one each", bySize.Count(1), bySize.Count(2))
		}
		s.modified(at(widget("a", 3), "13"))
		s.added(at(widget("b", 4), "14"))
		s.wantCache("a=3@13", "b=4@14", "c=2@12")
		var stages []string
		for _, item := range s.items {
			stages = append(stages, fmt.Sprint(item.Stage, " ", item.Key))
		}
		if diff := cmp.Diff([]string{"index b", "index a"}, stages); diff != "" {
			t.Errorf("reported (-want +got):\n%s", diff)
		}
		want := []string{"initial a=1", "initial c=1", "update c 1→2", "update a 1→3", "add b=4"}
		if diff := cmp.Diff(want, s.calls.take()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		s.stop()
	})
}
