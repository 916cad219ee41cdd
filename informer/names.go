// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// NameSet is a set of names, of namespaces or of clusters, that may change while
// informers follow it; see [NewOverNamespaces] and [NewOverClusters]. Any number
// of informers can follow one set. The zero NameSet is empty and ready. It is
// safe for concurrent use by multiple goroutines, and is not to be copied.
//
// Informers follow soon after a change, not before it returns. What is removed
// and added again before they have looked stays as it is.
type NameSet struct {
	mu      sync.Mutex // guards all below
	names   map[string]struct{}
	changed chan struct{} // closed by the next change; nil if nobody waits for it
}

// NameError says why a name cannot be in a [NameSet].
type NameError struct {
	Name   string
	Reason string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("informer: %q is no name of a namespace or cluster: %s; it is left out, all others count", e.Name, e.Reason)
}

// Add adds names; those that are in the set already stay. The error joins a
// [*NameError] for each that is empty or has a slash or a colon in it, which keys
// could not be told apart by; the others are added.
func (s *NameSet) Add(names ...string) error {
	good, err := goodNames(names)
	s.change(func(held map[string]struct{}) {
		for _, name := range good {
			held[name] = struct{}{}
		}
	})
	return err
}

// Remove removes names; those that are not in the set do no harm.
func (s *NameSet) Remove(names ...string) {
	s.change(func(held map[string]struct{}) {
		for _, name := range names {
			delete(held, name)
		}
	})
}

// Set makes names the content of the set. The error is as that of [NameSet.Add].
func (s *NameSet) Set(names ...string) error {
	good, err := goodNames(names)
	s.change(func(held map[string]struct{}) {
		clear(held)
		for _, name := range good {
			held[name] = struct{}{}
		}
	})
	return err
}

// Has reports whether a name is in the set.
func (s *NameSet) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, has := s.names[name]
	return has
}

// All returns the names, sorted, in a slice of the caller's own.
func (s *NameSet) All() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.names))
}

// state returns the names as they are now, and a channel that is closed when
// they are no longer that.
func (s *NameSet) state() (names []string, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return slices.Sorted(maps.Keys(s.names)), s.changed
}

func (s *NameSet) change(change func(held map[string]struct{})) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]struct{}{}
	}
	change(s.names)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func goodNames(names []string) (good []string, err error) {
	var bad []error
	for _, name := range names {
		switch {
		case name == "":
			bad = append(bad, &NameError{Name: name, Reason: "it is empty"})
		case strings.ContainsAny(name, "/:"):
			bad = append(bad, &NameError{Name: name, Reason: "it has a slash or a colon in it"})
		default:
			good = append(good, name)
		}
	}
	return good, errors.Join(bad...)
}
