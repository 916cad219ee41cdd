// SPDX-License-Identifier: Apache-2.0

// Package frames follows the frames of a watch stream.
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
// A Reader belongs to one goroutine.
package frames
