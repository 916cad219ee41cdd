// SPDX-License-Identifier: Apache-2.0

package frames

import "bytes"

// A follower finds out where a piece ends, whose length nothing says.
type follower interface {
	// next returns how many bytes of p belong to the piece, and whether it ends
	// with the last of them.
	next(p []byte) (n int, end bool)
}

// keptOfTooLong is how much is kept of a piece that is too long: its name is in
// there, usually.
const keptOfTooLong = 4 << 10

// cut returns the piece that begins at the next byte.
func (w *window) cut(f follower, limit int64, kind Kind) (Piece, error) {
	piece := Piece{Offset: w.offset()}
	for length := 0; ; {
		n, end := f.next(w.unread()[length:])
		length += n
		switch {
		case int64(length) > limit:
			piece.TooLong = &LimitError{Kind: kind, Limit: limit, Offset: piece.Offset}
			piece.Bytes = bytes.Clone(w.unread()[:min(int64(length), limit, keptOfTooLong)])
			w.drop(length)
			return piece, w.skipPiece(f, end)
		case end:
			piece.Bytes = w.unread()[:length]
			w.drop(length)
			return piece, nil
		}
		if err := w.fill(); err != nil {
			return Piece{}, unexpected(err)
		}
	}
}

// skipPiece drops what is left of a piece.
func (w *window) skipPiece(f follower, end bool) error {
	for length := 0; !end; w.drop(length) {
		if len(w.unread()) == 0 {
			if err := w.fill(); err != nil {
				return unexpected(err)
			}
		}
		length, end = f.next(w.unread())
	}
	return nil
}
