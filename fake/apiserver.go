// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ServerOptions are what [NewAPIServerWithOptions] needs to know. The zero
// ServerOptions are those of [NewAPIServer].
type ServerOptions struct {
	// History is how many of the latest writes are kept, of each resource; see
	// [Options]. Zero means 10,000.
	History int
	// BookmarkPeriod is how often a watch that asked for bookmarks gets one
	// while nothing else happens; see [Options]. Zero means never: a test sends
	// them with [APIServer.Bookmark].
	BookmarkPeriod time.Duration
	// BodyLimit is how many bytes the body of a request may have; a larger one
	// is answered with 413. Zero means 3 MiB, as for a real API server.
	BodyLimit int64
}

// APIServer is an API server in memory: several resources, whose writes are one
// sequence of versions, as they are in etcd.
//
// Tests reach the resources directly, with [SourceOf]: what a [Source] writes,
// it takes as it is. Clients are served by the rules of the protocol: an update
// keeps the status, finalizers hold up a deletion, and so on.
//
// An APIServer is safe for concurrent use by multiple goroutines.
type APIServer struct {
	clock  *clock
	tables map[schema.GroupVersionResource]table
	order  []schema.GroupVersionResource // of definition
	player *player                       // what goes wrong, and the log of requests

	bodyLimit int64 // bytes
}

// NewAPIServer makes a server of these resources, with no objects.
func NewAPIServer(resources ...ResourceDefinition) *APIServer {
	return NewAPIServerWithOptions(ServerOptions{}, resources...)
}

// NewAPIServerWithOptions is [NewAPIServer] for who needs another history, or
// bookmarks by the clock.
func NewAPIServerWithOptions(options ServerOptions, resources ...ResourceDefinition) *APIServer {
	s := &APIServer{clock: newClock(), tables: make(map[schema.GroupVersionResource]table, len(resources))}
	s.player = newPlayer(s.Compact)
	s.bodyLimit = cmp.Or(max(0, options.BodyLimit), defaultBodyLimit)
	for _, r := range resources {
		d := r.definition
		if _, known := s.tables[d.resource]; known {
			d.flaw = errors.Join(d.flaw, fmt.Errorf("fake: resource %s is defined twice; define it once", describe(d.resource)))
		} else {
			s.order = append(s.order, d.resource)
		}
		s.tables[d.resource] = r.table(d, options, s.clock)
	}
	return s
}

// SourceOf returns a resource of a server as a typed source: the test's side of
// the server. The error says which resources there are, which type the resource
// has, or what is wrong with its definition.
func SourceOf[T Object](s *APIServer, resource schema.GroupVersionResource) (*Source[T], error) {
	found, ok := s.tables[resource]
	if !ok {
		return nil, fmt.Errorf("fake: the server has no resource %s; it has %s", describe(resource), s.resources())
	}
	d := found.define()
	if d.flaw != nil {
		return nil, d.flaw
	}
	// The table of a resource of type T is a Source[T]; that is all a server
	// knows of its tables' types.
	source, ok := found.(*Source[T])
	if !ok {
		return nil, fmt.Errorf("fake: resource %s is of type %s, not %v", describe(resource), d.object, reflect.TypeFor[T]())
	}
	return source, nil
}

// resources names all of them, for messages.
func (s *APIServer) resources() string {
	if len(s.order) == 0 {
		return "none at all"
	}
	names := make([]string, len(s.order))
	for i, resource := range s.order {
		names[i] = describe(resource)
	}
	return strings.Join(names, ", ")
}

// Version returns the resource version of the last write to any resource. The
// one before the first write is 1.
func (s *APIServer) Version() string { return formatVersion(s.clock.version()) }

// Compact forgets the history of all resources; see [Source.Compact].
func (s *APIServer) Compact() { s.compact(s.clock.version()) }

// CompactTo forgets what was before version, in all resources: a watch, an exact
// list or the next page of a list from an older version gets the error "expired"
// (410), one from version itself or later does not. A version that is forgotten
// already changes nothing; one that is yet to come, or no number, is an error.
func (s *APIServer) CompactTo(version string) error {
	to, err := compactionPoint(version, s.clock.version())
	if err != nil {
		return err
	}
	s.compact(to)
	return nil
}

func (s *APIServer) compact(version uint64) {
	for _, resource := range s.order {
		s.tables[resource].compact(version)
	}
}

// Bookmark sends a bookmark to every watch of every resource; see
// [Source.Bookmark].
func (s *APIServer) Bookmark() {
	for _, resource := range s.order {
		s.tables[resource].bookmark()
	}
}
