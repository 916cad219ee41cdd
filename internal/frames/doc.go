// SPDX-License-Identifier: Apache-2.0

// Package frames follows the frames of a watch stream, or cuts it into them, and
// lists into their items.
//
//	body ──bytes──▶ Reader ──the same bytes──▶ decoder
//	                  └── a frame over the limit ──▶ *LimitError
//
// A decoder has to hold a frame as a whole, so the longest frame is what a
// server can make a client keep in memory. The JSON decoder under client-go
// reads a frame to its end, however far that is. A [Reader] stands before such
// a decoder and ends the stream where a frame becomes too long, before the rest
// of it can be read.
//
// It looks at the bytes only as far as is needed to know where a frame ends: it
// decodes nothing and keeps a few numbers, however long or deep a frame is.
//
//	body ──bytes──▶ Splitter ──▶ Piece, Piece, …      what is too long: skipped
//
// A [Splitter] stands in place of such a decoder where objects are decoded one by
// one: the body is in memory for one piece at a time, up to four times the limit.
// One piece that is too long or broken leaves the others as they are, as long as
// brackets or lengths tell where it ends. What is cut off, or is no list, is an
// error and never the end of a list: to a cache, that would be objects deleted.
//
// A Reader and a Splitter belong to one goroutine.
package frames
