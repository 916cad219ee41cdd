// SPDX-License-Identifier: Apache-2.0

// Package slots holds what stores and indexes are made of.
//
//	key ──hash──▶ Table ──slot number──▶ Pages ──▶ key, object
//	                                       └──Freeze──▶ the same, at one moment
//
// A slot is a small number that an object keeps from its insertion to its
// removal. [Table] finds the slot of a hash; [Pages] keeps keys and objects by
// slot; [List] does so for what there may be few of, such as the sets of an index.
// Indexes hold slot numbers, so they need neither keys nor a second look-up.
//
// Pages and List are made of small pieces. Freezing shares all of them and moves
// an epoch on, which copies nothing; the writer copies a piece the first time it
// touches it in an epoch. What can be read of them is a type of its own, [Content]
// and [Items]: the same code reads what is live and what is frozen. [Sequence] is a
// list that Pages can take over as it is.
//
// Nothing here locks: the store does.
package slots
