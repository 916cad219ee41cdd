// SPDX-License-Identifier: Apache-2.0

package listwatch

import "unsafe"

// Strings is what a source remembers to share.
type Strings = sharedStrings

var NewStrings = newSharedStrings

// Share returns the string to use in place of text.
func (s *sharedStrings) Share(text string) string {
	equal, _, _ := s.share(text)
	return equal
}

// Held returns the strings that are remembered, and for how many there is room.
func (s *sharedStrings) Held() (held []string, room int) {
	for _, set := range s.sets {
		room += len(set.held)
		for _, text := range set.held {
			if text.of != nil {
				held = append(held, unsafe.String((*byte)(text.at), text.length))
			}
		}
	}
	return held, room
}

// Pool is a pool of maps and bytes, whose hashes are what a test says.
type Pool struct {
	pool
	maps, bytes *kind
}

func NewPool(limit int) *Pool {
	return &Pool{newPool(limit, 0), kindOfMap[string](), &kind{size: 1}}
}

func (p *Pool) ofMap(hash uint64, m map[string]string) value {
	return value{hash, p.maps, *(*unsafe.Pointer)(unsafe.Pointer(&m)), len(m)}
}

func (p *Pool) ofBytes(hash uint64, b []byte) value {
	return value{hash, p.bytes, unsafe.Pointer(unsafe.SliceData(b)), len(b)}
}

func (p *Pool) TakeMap(hash uint64, m map[string]string) { p.take(p.ofMap(hash, m)) }

func (p *Pool) TakeBytes(hash uint64, b []byte) { p.take(p.ofBytes(hash, b)) }

func (p *Pool) HasMap(hash uint64, m map[string]string) bool {
	_, found := p.find(p.ofMap(hash, m))
	return found
}

func (p *Pool) HasBytes(hash uint64, b []byte) bool {
	_, found := p.find(p.ofBytes(hash, b))
	return found
}
