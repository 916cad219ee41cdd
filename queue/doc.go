// SPDX-License-Identifier: Apache-2.0

// Package queue holds changes between the goroutine that receives them and the
// one that applies them.
//
//	reflector ─Push─▶ DeltaFIFO ─PopBatch─▶ informer loop ─▶ store + index
//
// # Start here
//
// A [DeltaFIFO] keeps changes in the order in which they arrived, and hands on
// all that is pending at once. A [FIFO] keeps the latest state of each key, and
// hands on one key at a time: the work queue that a scheduler wants.
//
// # Concurrency
//
//   - Both are safe for any number of producers. A DeltaFIFO has one consumer,
//     since a batch is the consumer's until it asks for the next; a FIFO may
//     have several.
//   - Every call that waits takes a context and ends with it.
//   - After Close, producers get [ErrClosed]; consumers are given what is left,
//     and then [ErrClosed].
//
// # Costs
//
// Pushing to a DeltaFIFO is a lock and an append into memory that is used again:
// no allocation once warm, and no channel operation unless somebody waits.
package queue
