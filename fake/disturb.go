// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"iter"

	"github.com/typedinformer/typedinformer/listwatch"
)

// defect is what is wrong with an object, or with the event that carries it.
type defect uint8

const (
	sound     defect = iota
	broken           // cannot be decoded; key and version can still be read
	wrongKind        // is of another kind
	truncated        // is cut in the middle, and the connection with it
)

// delivery is an event on its way to the client. How a defect looks there, is a
// matter of how the event travels.
type delivery[T any] struct {
	listwatch.Event[T]
	defect defect
}

// ofItem returns the defect of the nth item of a list, counted from 1. What
// follows a truncated one is not sent.
func (f *Fault) ofItem(n int) defect {
	if n == f.Truncate {
		return truncated
	}
	return f.ofObject(n)
}

func (f *Fault) ofObject(n int) defect {
	switch n {
	case f.Broken:
		return broken
	case f.WrongKind:
		return wrongKind
	}
	return sound
}

// disturb is the watch that open opens, as the script lets it come through. A
// stream that is dropped ends without an error; if it is ctx that ends, the last
// pair has the error of ctx, as without a script. open gets a context of its own,
// which ends when the stream is dropped.
//
// There is no goroutine behind it: it runs in that of the reader, and waits on
// contexts.
func disturb[T any](ctx context.Context, r ruling, open func(context.Context) iter.Seq2[listwatch.Event[T], error]) iter.Seq2[delivery[T], error] {
	return func(yield func(delivery[T], error) bool) {
		d := disturber[T]{Fault: r.Fault, yield: yield}
		if r.over == nil {
			d.read(open(ctx))
			return
		}
		limited, release := r.limit(ctx)
		defer release()
		d.dropped = func() bool { return limited.Err() != nil && ctx.Err() == nil }
		if d.begin(limited, open) == goSilent {
			<-limited.Done()
			if err := ctx.Err(); err != nil {
				yield(delivery[T]{}, fmt.Errorf("fake: the script keeps the stream silent: %w", err))
			}
		}
	}
}

// disturber is one disturbed stream while it is read.
type disturber[T any] struct {
	Fault
	yield   func(delivery[T], error) bool
	dropped func() bool // says whether the script has ended the stream, not the client

	events  int                // that have come
	objects int                // among them
	first   listwatch.Event[T] // the first one with an object
}

// course is how a stream goes on.
type course uint8

const (
	goOn course = iota
	goSilent
	ended
)

func (d *disturber[T]) begin(ctx context.Context, open func(context.Context) iter.Seq2[listwatch.Event[T], error]) course {
	switch {
	case d.DropAtOnce:
		return ended
	case d.Silent:
		return goSilent
	}
	return d.read(open(ctx))
}

func (d *disturber[T]) read(events iter.Seq2[listwatch.Event[T], error]) course {
	for event, err := range events {
		if d.dropped != nil && d.dropped() {
			return ended
		}
		next := goOn
		if err == nil {
			next = d.take(event)
		} else if !d.yield(delivery[T]{Event: event}, err) {
			next = ended
		}
		if next != goOn {
			return next
		}
	}
	return ended
}

// take lets one event through, or not.
func (d *disturber[T]) take(event listwatch.Event[T]) course {
	if event.InitialEventsEnd {
		if d.DropAtInitialEventsEnd {
			return ended
		}
		if d.NoInitialEventsEnd {
			return goOn
		}
	}
	d.events++
	if d.events == d.Truncate {
		d.yield(delivery[T]{event, truncated}, nil)
		return ended
	}
	if !d.send(event) {
		return ended
	}
	switch d.events {
	case d.DropAfterEvents:
		return ended
	case d.SilentAfterEvents:
		return goSilent
	}
	return goOn
}

// send hands an event on, and what the fault puts behind it.
func (d *disturber[T]) send(event listwatch.Event[T]) (reading bool) {
	if event.Type == listwatch.Bookmark {
		return d.yield(delivery[T]{Event: event}, nil)
	}
	if d.objects++; d.objects == 1 {
		d.first = event
	}
	if !d.yield(delivery[T]{event, d.ofObject(d.objects)}, nil) {
		return false
	}
	if d.objects == d.Duplicate && !d.yield(delivery[T]{Event: event}, nil) {
		return false
	}
	return d.objects != d.OldVersion || d.yield(delivery[T]{Event: d.first}, nil)
}
