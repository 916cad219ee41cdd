// SPDX-License-Identifier: Apache-2.0

// Package slots holds the two structures that stores and indexes are made of.
//
//	key ──hash──▶ Table ──slot number──▶ Pages ──▶ key, object
//	                └────────Freeze────────┴──▶ the same, at one moment
//
// A slot is a small number that an object keeps from its insertion to its
// removal. [Table] finds the slot of a hash; [Pages] keeps keys and objects by
// slot. Both are made of small pieces. Freezing shares all of them and moves an
// epoch on, which copies nothing; the writer copies a piece the first time it
// touches it in an epoch. Indexes hold slot numbers, so they need neither keys
// nor a second look-up.
//
// What can be read of either is a type of its own, [Entries] and [Content]: the
// same code reads what is live and what is frozen.
//
// Nothing here locks: the store does.
package slots
