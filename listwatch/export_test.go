// SPDX-License-Identifier: Apache-2.0

package listwatch

// Strings is what a source remembers to share.
type Strings = sharedStrings

var NewStrings = newSharedStrings

// Share returns the string to use in place of text.
func (s *sharedStrings) Share(text string) string {
	equal, _ := s.share(text)
	return equal
}

// Held returns the strings that are remembered, and for how many there is room.
func (s *sharedStrings) Held() (held []string, room int) {
	for _, set := range s.sets {
		room += len(set.held)
		for _, text := range set.held {
			if text != "" {
				held = append(held, text)
			}
		}
	}
	return held, room
}
