// SPDX-License-Identifier: Apache-2.0

package informer

import "fmt"

// Backlog says what becomes of a reader, which is a handler or a loop over
// [Informer.EventsWithOptions], that is slower than the changes are. The zero
// value is [EveryEvent].
//
// A reader is behind by the changes that were published and that it has not
// returned from; initial adds and resyncs do not count. A batch counts whole,
// even if it finds the reader idle: a limit should be larger than what a relist
// may change.
type Backlog struct {
	kind  backlogKind
	limit int
}

type backlogKind uint8

const (
	everyEvent backlogKind = iota
	coalesce
	disconnect
)

// EveryEvent skips nothing. What the reader has not been through is kept, so one
// that stands still costs memory for as long as it does.
func EveryEvent() Backlog { return Backlog{} }

// Coalesce skips states in between: a reader that is behind by more than limit
// gets one change for each key, from the state that it knows to the newest, in
// the order in which the keys first changed. So
//
//   - an add and what follows is an add of the newest state, and nothing at all
//     if the object is gone again;
//   - updates are one update, and with a deletion behind them a deletion;
//   - a deletion and an add are an update, unless they are to be kept apart; see
//     [HandlerOptions].RecreateAsDeleteAdd.
//
// When it has caught up, it gets every change again.
//
// What is kept is at most one change for each key and the limit, however long
// the reader stands still. A change that is merged costs the informer as much as
// an update of its cache; one within the limit costs nothing. A limit of zero
// merges whatever the reader has not taken yet; a negative one is an error.
func Coalesce(limit int) Backlog { return Backlog{coalesce, limit} }

// Disconnect ends the reading with a [*BacklogError] when the reader is behind by
// more than limit. What it has not read is dropped. The limit must be positive.
func Disconnect(limit int) Backlog { return Backlog{disconnect, limit} }

// String returns the backlog as it is written in Go.
func (b Backlog) String() string {
	switch b.kind {
	case coalesce:
		return fmt.Sprintf("Coalesce(%d)", b.limit)
	case disconnect:
		return fmt.Sprintf("Disconnect(%d)", b.limit)
	}
	return "EveryEvent()"
}

func (b Backlog) validate() error {
	switch {
	case b.limit < 0:
		return fmt.Errorf("the limit of %v is negative", b)
	case b.kind == disconnect && b.limit == 0:
		return fmt.Errorf("the limit of %v is zero, so that the first change would exceed it", b)
	}
	return nil
}

// BacklogError says that a reader was behind by more than the limit of its
// [Disconnect], and gets nothing more. Who adds it anew begins with the state of
// then.
type BacklogError struct {
	Resource string
	Handler  string // its name, or that of the loop
	Backlog  int    // changes that it was behind by
	Limit    int
}

func (e *BacklogError) Error() string {
	return fmt.Sprintf("informer: %s: handler %q is disconnected: it is behind by %d changes, and its limit is %d; add it again to begin with the current state",
		e.Resource, e.Handler, e.Backlog, e.Limit)
}
