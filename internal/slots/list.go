// SPDX-License-Identifier: Apache-2.0

package slots

import (
	"slices"
	"sync/atomic"
)

// List holds an N by number, each in memory of its own. It is for what there are
// often few of, where [Pages] would be mostly empty: it begins with 8 bytes for
// each of 64.
//
// Freeze and what [Items] has may be called concurrently with each other; a
// method that changes something needs to be alone.
type List[N any] struct {
	Items[N]
	numbers
	own   uint64        // the epoch in which the list of groups was made
	epoch atomic.Uint64 // moved on by Freeze, which runs beside other readers
}

// Items are what a [List] holds: the reading side. Those of the List itself change
// with it; those from [List.Freeze] do not, and are safe for concurrent use by
// multiple goroutines. There are none in the zero Items.
type Items[N any] struct {
	groups []*group[N]
	length int
}

type group[N any] struct {
	epoch uint64
	items [groupSize]*item[N] // nil where there is none
}

type item[N any] struct {
	epoch uint64 // of the List that may write to it; any other copies it first
	value N
}

const groupSize = 32

// Len returns the number of items.
func (i *Items[N]) Len() int { return i.length }

// At returns the item of a number that has one, for reading.
func (i *Items[N]) At(number uint32) *N {
	return &i.groups[number/groupSize].items[number%groupSize].value
}

// Get returns the item of a number, nil if there is none.
func (i *Items[N]) Get(number uint32) *N {
	if int(number/groupSize) >= len(i.groups) || i.groups[number/groupSize].items[number%groupSize] == nil {
		return nil
	}
	return i.At(number)
}

// All calls yield for each item, in the order of numbers, until it returns false.
func (i *Items[N]) All(yield func(*N) bool) {
	for _, group := range i.groups {
		for _, item := range group.items {
			if item != nil && !yield(&item.value) {
				return
			}
		}
	}
}

// Epoch returns a number that each Freeze moves on. What an item refers to and
// was made in the epoch is seen by the writer alone.
func (l *List[N]) Epoch() uint64 { return l.epoch.Load() }

// Insert takes a number for an item. It returns the item too, for writing.
func (l *List[N]) Insert(value N) (number uint32, place *N) {
	number = l.take()
	fresh := &item[N]{epoch: l.epoch.Load(), value: value}
	l.group(number).items[number%groupSize] = fresh
	l.length++
	return number, &fresh.value
}

// Edit returns the item of a number, to be written to before anything else is
// done. If it may be read in what was frozen, this is a copy.
func (l *List[N]) Edit(number uint32) *N {
	epoch := l.epoch.Load()
	if held := l.groups[number/groupSize].items[number%groupSize]; held.epoch == epoch {
		return &held.value
	}
	place := &l.group(number).items[number%groupSize]
	fresh := **place
	fresh.epoch = epoch
	*place = &fresh
	return &fresh.value
}

// Remove gives a number back.
func (l *List[N]) Remove(number uint32) {
	l.group(number).items[number%groupSize] = nil
	l.giveBack(number)
	l.length--
}

// group returns the group of a number for writing: a new one if there is none, a
// copy if it may be read in what was frozen.
func (l *List[N]) group(number uint32) *group[N] {
	epoch, at := l.epoch.Load(), int(number/groupSize)
	if at == len(l.groups) {
		// Nothing that was frozen reaches as far: this needs no list of our own.
		l.groups = append(l.groups, &group[N]{epoch: epoch})
	}
	held := l.groups[at]
	if held.epoch == epoch {
		return held
	}
	if l.own != epoch {
		l.groups, l.own = slices.Clone(l.groups), epoch
	}
	fresh := *held
	fresh.epoch = epoch
	l.groups[at] = &fresh
	return &fresh
}

// Freeze returns the items at this moment. It copies nothing and allocates
// nothing; what is written to afterwards is copied then.
func (l *List[N]) Freeze() Items[N] {
	l.epoch.Add(1)
	return l.Items
}
