// SPDX-License-Identifier: Apache-2.0

// Package inorder does the same work for each piece of a stream, on several
// goroutines, and hands the results on in the order of the pieces.
//
//	next ─▶ batch, batch, … ─▶ work, on up to Workers goroutines ─▶ results, in order
//	(one goroutine)            (the reader is one of them)          (the reader)
//
// A piece that comes alone is worked on by the reader as soon as it comes: there
// is no waiting for a batch to be full. While all are busy, what comes in the
// meantime is put into batches, which are what a goroutine takes at once; so the
// more there is to do, the less is spent on handing it over.
//
// What is in between at any time is confined in bytes, and next is not called
// while it is full. All goroutines have ended when the sequence has.
package inorder
