// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/typedinformer/typedinformer/internal/eventlog"
	"github.com/typedinformer/typedinformer/store"
)

func (inf *Informer[T]) informerOf() *Informer[T] { return inf }

func (inf *Informer[T]) use(func()) (leave func(), err error) { return func() {}, nil }

func (h *Handle[T]) informerOf() *Informer[T] {
	if h == nil {
		return nil
	}
	return h.informer
}

// use keeps the handle from being done as long as a view reads through it.
func (h *Handle[T]) use(end func()) (leave func(), err error) {
	use := &otherUsage{end}
	if !h.begin(use) {
		return nil, fmt.Errorf("%s: %w; acquire another one", h.member.name(), ErrReleased)
	}
	return func() { h.finished(use) }, nil
}

// informerOf returns the informer behind an input, nil if there is none.
func informerOf[T any](input Input[T]) *Informer[T] {
	if input == nil {
		return nil
	}
	return input.informerOf()
}

// listen has wake receive whenever something has been applied, the first list
// has come, or the informer begins to end. It has room for one.
func (inf *Informer[T]) listen(wake chan struct{}) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.listeners = append(inf.listeners, wake)
}

func (inf *Informer[T]) unlisten(wake chan struct{}) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.listeners = slices.DeleteFunc(inf.listeners, func(other chan struct{}) bool { return other == wake })
}

// notify wakes the views of the informer. mu is held.
func (inf *Informer[T]) notify() {
	for _, wake := range inf.listeners {
		select {
		case wake <- struct{}{}:
		default: // it is awake, and will look once more
		}
	}
}

// anyInlet is an [inlet] of whatever type.
type anyInlet interface {
	open(wake chan struct{}) error
	close(wake chan struct{})
	ready() bool
	begin()
	gather()
	settle()
	over() bool
	lineage() []*origin
	versionAt(i int) string
	health() PartHealth
	notSynced(err error) *NotSyncedError
}

// inlet is an input as the view reads it: its state once, and then what has
// changed, folded to one change for each key. What it holds is always what the
// input held at one moment. It belongs to the goroutine of the view.
type inlet[W any] struct {
	input Input[W]
	from  *Informer[W]
	leave func()
	ended atomic.Bool // the use of the input has come to its end

	cursor   *eventlog.Cursor[Event[W]] // nil before begin
	initial  store.Snapshot[W]          // what has not been derived from yet, and
	changes  []outcome[W]               // what has changed since, in order
	at       map[store.Key]int          // of changes
	versions []string                   // that this reflects, by origin
}

// outcome is what has become of a key.
type outcome[W any] struct {
	key    store.Key
	object W    // the new state, or the last one
	there  bool // if not, it is gone
	final  bool // object is the state that was deleted
}

func newInlet[W any](input Input[W]) *inlet[W] {
	return &inlet[W]{input: input, from: informerOf(input), at: map[store.Key]int{}}
}

func (in *inlet[W]) open(wake chan struct{}) (err error) {
	in.leave, err = in.input.use(func() {
		in.ended.Store(true)
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	in.from.listen(wake)
	return nil
}

func (in *inlet[W]) close(wake chan struct{}) {
	in.from.unlisten(wake)
	if in.cursor != nil {
		in.cursor.Leave()
	}
	in.leave()
}

func (in *inlet[W]) ready() bool { return closed(in.from.synced) }

func (in *inlet[W]) over() bool { return in.ended.Load() || closed(in.from.ending) }

// begin takes the state as it is now.
func (in *inlet[W]) begin() {
	in.from.mu.Lock()
	defer in.from.mu.Unlock()
	start := in.from.point()
	in.initial, in.cursor = start.state, start.cursor
	in.readVersions()
	in.cursor.Ready()
}

// gather takes what has been published since.
func (in *inlet[W]) gather() {
	end := in.now()
	events := in.cursor.Next()
	for ; len(events) > 0 && in.cursor.Position() < end; events = in.cursor.Next() {
		events = events[:min(uint64(len(events)), end-in.cursor.Position())]
		for i := range events {
			in.fold(&events[i])
		}
		in.cursor.Advance(len(events))
	}
	in.cursor.Ready() // an informer whose readers have all caught up keeps no event
}

// now returns the place in the log up to which there is something to read, which
// is between two batches, and notes the versions that belong to it.
func (in *inlet[W]) now() uint64 {
	in.from.mu.Lock()
	defer in.from.mu.Unlock()
	in.readVersions()
	return in.from.log.End()
}

func (in *inlet[W]) readVersions() {
	in.versions = in.versions[:0]
	for i := range in.from.origins {
		in.versions = append(in.versions, in.from.parts[in.from.versionPart(i)].version)
	}
}

func (in *inlet[W]) fold(event *Event[W]) {
	if event.repeated {
		return
	}
	next := outcome[W]{key: event.Key, object: event.Object, there: event.Type != Deleted, final: event.Final}
	if i, again := in.at[event.Key]; again {
		in.changes[i] = next
		return
	}
	in.at[event.Key] = len(in.changes)
	in.changes = append(in.changes, next)
}

// all iterates over what has not been derived from yet: the whole state, or what
// has changed.
func (in *inlet[W]) all() iter.Seq[outcome[W]] {
	return func(yield func(outcome[W]) bool) {
		for key, object := range in.initial.Items() {
			if !yield(outcome[W]{key: key, object: object, there: true}) {
				return
			}
		}
		for _, c := range in.changes {
			if !yield(c) {
				return
			}
		}
	}
}

// settle forgets what has been derived from.
func (in *inlet[W]) settle() {
	in.initial = store.Snapshot[W]{}
	if len(in.changes) > mostKept {
		in.changes, in.at = nil, map[store.Key]int{}
	}
	clear(in.changes)
	clear(in.at)
	in.changes = in.changes[:0]
}

func (in *inlet[W]) lineage() []*origin { return in.from.origins }

func (in *inlet[W]) versionAt(i int) string { return in.versions[i] }

func (in *inlet[W]) health() PartHealth {
	health := in.from.Health()
	return PartHealth{Synced: health.Synced, SourceHealth: health.SourceHealth, Staleness: health.Staleness}
}

// notSynced returns what the input is waiting for, nil if it has synced.
func (in *inlet[W]) notSynced(err error) *NotSyncedError {
	if in.ready() {
		return nil
	}
	return in.from.missing(err)
}
