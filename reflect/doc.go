// SPDX-License-Identifier: Apache-2.0

// Package reflect makes a cache reflect a source: it lists, watches, and lists
// again when it has to.
//
//	     ┌────────── expired, went back, or refused five times ──────────┐
//	     ▼                                                               │
//	StreamingList ───────initial events end─────▶ Watching ◀───────▶ Waiting
//	     │                                           ▲                   ▲
//	  not offered, or not brought to its end twice   │                   │
//	     ▼                                           │                   │
//	  Listing ────────────last page──────────────────┘                   │
//	     └───────────────────────── failed ──────────────────────────────┘
//
// A request in which nothing comes for too long is given up: a list after
// [Options].ListTimeout, the list part of a streaming list after StreamTimeout,
// a watch when the server should have ended it and WatchGrace has passed.
//
// An object that cannot be used leaves the rest of its list or watch alone, and is
// handed on as such ([Sink].Quarantine). If not even its name can be read it may
// be any: what is missing from that list stays, and after the watch comes a list.
//
// What was seen is not taken back: a list that is older than that is thrown away
// and the newest state asked for, and a watch that goes back in versions is
// ended, and listed anew. Versions are compared where they can be (KEP-5504).
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
//   - [Reflector.Run] is called once, starts no goroutine, and calls the sink,
//     OnError and OnRecovery from the goroutine that called it.
//   - [Reflector.Stats] and [Reflector.Health] are safe at any time.
//   - Every wait ends with the context, a wait for the source included.
//
// # Costs
//
// An event on its way from the source to the sink costs no allocation and no
// lock here. A list costs the room of its items' headers and of those objects
// that the cache does not hold already in the same version.
package reflect
