// SPDX-License-Identifier: Apache-2.0

package slots

// Sequence is a growing list of keys, notes and objects. It is laid out as [Pages]
// are, so that empty ones can take it over and a list is not held twice. The zero
// Sequence is empty and ready.
type Sequence[K, M, T any] struct {
	pages  []*page[K, M, T]
	length int
}

// Len returns the number of objects.
func (s *Sequence[K, M, T]) Len() int { return s.length }

// Append adds an object at the end. O(1).
func (s *Sequence[K, M, T]) Append(key K, note M, object T) {
	at := s.length % PageSize
	if at == 0 {
		s.pages = append(s.pages, newPage[K, M, T]())
	}
	last := s.pages[len(s.pages)-1]
	last.entries[at], last.notes[at] = entry[K, T]{key, object}, note
	s.length++
}

// All calls yield for each object, in the order in which they were appended, until
// it returns false. Key and note are to be read at once.
func (s *Sequence[K, M, T]) All(yield func(*K, *M, T) bool) {
	for i := range s.length {
		page, at := s.pages[i/PageSize], i%PageSize
		if held := &page.entries[at]; !yield(&held.key, &page.notes[at], held.object) {
			return
		}
	}
}

// TakeOver makes the memory of a sequence that of what is inserted next, if the
// pages are empty. What is inserted until [Pages.Clip] is to be what the sequence
// has, in its order, of which some may be left out: then nothing is written over
// before it has been read.
func (p *Pages[K, M, T]) TakeOver(s *Sequence[K, M, T]) {
	if p.length > 0 {
		return
	}
	epoch := p.epoch.Load()
	for _, page := range s.pages {
		page.epoch = epoch
	}
	p.pages, p.own, p.numbers = s.pages, epoch, numbers{}
}

// Clip lets go of what the pages have taken over and was not inserted.
func (p *Pages[K, M, T]) Clip() {
	pages, rest := p.limit/PageSize, p.limit%PageSize
	if rest > 0 {
		last := p.page(p.limit)
		clear(last.entries[rest:])
		clear(last.notes[rest:])
		pages++
	}
	clear(p.pages[pages:])
	p.pages = p.pages[:pages]
}
