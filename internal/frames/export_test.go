// SPDX-License-Identifier: Apache-2.0

package frames

// Held returns how many bytes of memory the window of a splitter takes.
func (w *window) Held() int { return cap(w.buffer) }

// KeptOfTooLong is how much is kept of a piece that is too long.
const KeptOfTooLong = keptOfTooLong

// OrdinaryWindow is what a window takes without pieces that need more.
const OrdinaryWindow = ordinaryWindow
