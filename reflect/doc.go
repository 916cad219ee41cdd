// SPDX-License-Identifier: Apache-2.0

// Package reflect makes a cache reflect a source: it lists, watches, and lists
// again when it has to.
//
//	          ┌──────────────── expired ───────────────┐
//	          ▼                                        │
//	StreamingList ──initial events end──▶ Watching ◀──▶ Waiting
//	          │                              ▲             ▲
//	       not offered, or failed too often  │             │
//	          ▼                              │             │
//	       Listing ───────last page──────────┘             │
//	          └──────────────── failed ────────────────────┘
//
// # Start here
//
// A [Reflector] reads a [listwatch.ListWatcher] and writes to a [Sink]. It is a
// state machine: [Phase] names its states, and one step performs the phase it is
// in and says which is next. Package informer drives one; most programs need no
// other.
//
// # Concurrency
//
//   - [Reflector.Run] is called once, starts no goroutine, and calls the sink and
//     OnError from the goroutine that called it.
//   - [Reflector.Stats] is safe at any time.
//   - Every wait ends with the context, a wait for the source included.
//
// # Costs
//
// An event on its way from the source to the sink costs no allocation and no
// lock here. A list costs the room of its items' headers and of those objects
// that the cache does not hold already in the same version.
package reflect
