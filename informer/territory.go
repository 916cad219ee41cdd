// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"slices"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A territory is what an informer over a [NameSet] consists of: a part for each
// name, told apart by the keys of the objects.
type territory[T any] struct {
	set     *NameSet
	source  func(name string) listwatch.ListWatcher[T]
	confine func(name string, source listwatch.ListWatcher[T]) listwatch.ListWatcher[T]
	partOf  func(key store.Key) string
	objects *index.Index[string, T] // by part
	// clusters says that each part is of a server of its own, so that versions of
	// two cannot be compared.
	clusters bool

	// What follows is written by follow, under informer.mu.
	named    map[string]*part[T] // of the names in the set
	leaving  []*part[T]          // dismissed, and not yet dropped
	dropped  SourceStats         // of all that were
	numbers  int32               // given so far
	adjusted chan struct{}       // closed and made anew whenever named has been brought up to date
}

// follow gives the informer a part for each name in the set until ctx is done.
func (inf *Informer[T]) follow(ctx context.Context) error {
	// One that is to end at once makes no source: a group ends informers that way
	// while it holds its lock.
	for ctx.Err() == nil {
		names, changed := inf.territory.set.state()
		inf.adjust(ctx, names)
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	return nil
}

// adjust brings the parts up to date with the set. Sources are made before mu is
// taken, since they are made by the user's function.
func (inf *Informer[T]) adjust(ctx context.Context, names []string) {
	land := inf.territory
	var arriving []*part[T]
	for _, name := range names {
		if land.named[name] == nil {
			land.numbers++
			arriving = append(arriving, inf.newPart(name, land.numbers, land.source(name)))
		}
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	for name, p := range land.named {
		if _, stays := slices.BinarySearch(names, name); !stays {
			delete(land.named, name)
			land.leaving = append(land.leaving, p)
			p.dismiss()
		}
	}
	for _, p := range arriving {
		land.named[p.name], inf.parts[p.number] = p, p
		p.start(ctx, inf, land.before(p.name))
	}
	close(land.adjusted)
	land.adjusted = make(chan struct{})
	inf.checkSynced()
}

// before returns the part that had a name last, if it is not gone yet.
func (l *territory[T]) before(name string) (last *part[T]) {
	for _, p := range l.leaving {
		if p.name == name {
			last = p
		}
	}
	return last
}

// dropPart forgets a part of which nothing is left. mu is held.
func (inf *Informer[T]) dropPart(p *part[T]) {
	delete(inf.parts, p.number)
	addCounts(&inf.territory.dropped, p.feed.Stats())
	inf.journal.forget(p.name)
	inf.territory.leaving = slices.DeleteFunc(inf.territory.leaving, func(other *part[T]) bool { return other == p })
}

// current returns the parts in the order of their names, without those that are
// leaving. mu is held.
func (inf *Informer[T]) current() (parts []*part[T]) {
	if inf.territory == nil {
		return []*part[T]{inf.parts[0]}
	}
	for _, p := range inf.territory.named {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b *part[T]) int { return cmp.Compare(a.name, b.name) })
	return parts
}

// checkSynced closes synced, if it is time: not before there are the parts that
// names have at first, which is when it is called first. mu is held.
func (inf *Informer[T]) checkSynced() {
	if closed(inf.synced) {
		return
	}
	for _, p := range inf.parts {
		if !closed(p.synced) && !closed(p.dismissed) {
			return
		}
	}
	for _, r := range inf.waiting {
		r.open(inf.point())
	}
	inf.waiting = nil
	inf.beginHistory()
	close(inf.synced)
	inf.notify()
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
