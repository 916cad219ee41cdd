// SPDX-License-Identifier: Apache-2.0

// Package eventlog is one log of events with any number of readers, each at a
// speed of its own.
//
//	writer ─Stage─▶┌───────┐   ┌───────┐   ┌───────┐
//	       Publish │ chunk │──▶│ chunk │──▶│ chunk │
//	               └───────┘   └───────┘   └───────┘
//	                   ▲ cursor            ▲ ▲ ▲ cursors
//
// Nothing is copied for a reader. What all cursors have passed is garbage, and
// a reader that stands still keeps what it has not read, and nobody else, from
// being given back. When all readers have caught up, the log holds no event.
//
// # Concurrency
//
//   - One goroutine at a time writes ([Log.Stage], [Log.Publish], [Log.Join]).
//   - A [Cursor] belongs to one goroutine, or to several that take turns;
//     different cursors are independent.
//   - A reader takes no lock while there is something to read. Readers that
//     wait are woken once for all that was published together.
package eventlog
