// SPDX-License-Identifier: Apache-2.0

package index

import (
	"sync"

	"github.com/typedinformer/typedinformer/internal/slots"
	"github.com/typedinformer/typedinformer/store"
)

// frozen is what the postings of an index have held at one moment. It finds those
// of a value as the snapshot of a store finds its keys: by what is live, in which
// the postings that are still there have the numbers that they had. If others have
// been dropped since, it makes a map of its own.
type frozen[K comparable] struct {
	live    *postings[K]
	sets    slots.Items[set[K]]
	dropped uint64 // values that were dropped, ever, at that moment
	make    sync.Once
	byValue map[K]*set[K]
}

// take freezes the postings. It copies nothing. The store's lock is held, for
// reading at least.
func (f *frozen[K]) take() {
	f.sets, f.dropped = f.live.sets.Freeze(), f.live.dropped
}

// slots returns the slots of the objects that had a value, nil if none had. read
// runs what it is given under the store's lock.
func (f *frozen[K]) slots(value K, read func(func())) []store.Slot {
	var p *posting[K]
	var dropped uint64
	read(func() { p, dropped = f.live.byValue[value], f.live.dropped })
	if p != nil {
		if held := f.sets.Get(p.number); held != nil && held.of.value == value {
			return held.slots
		}
	}
	if dropped == f.dropped {
		return nil
	}
	f.make.Do(func() {
		f.byValue = make(map[K]*set[K], f.sets.Len())
		for held := range f.sets.All {
			f.byValue[held.of.value] = held
		}
	})
	if held := f.byValue[value]; held != nil {
		return held.slots
	}
	return nil
}
