// SPDX-License-Identifier: Apache-2.0

// Package slots holds the two structures that the store is made of.
//
//	key ──hash──▶ Table ──slot number──▶ Pages ──▶ key, object
//	                                       └──Freeze──▶ the same, at one moment
//
// A slot is a small number that an object keeps from its insertion to its
// removal. [Table] finds the slot of a hash; [Pages] keeps keys and objects by
// slot, in pages that a frozen view shares with the writer until the writer
// touches them. Indexes hold slot numbers, so they need neither keys nor a
// second look-up.
//
// Nothing here locks: the store does.
package slots
