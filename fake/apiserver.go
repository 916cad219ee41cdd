// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// APIServer is an API server in memory.
type APIServer struct {
	clock  *clock
	tables map[schema.GroupVersionResource]table
	order  []schema.GroupVersionResource // of definition
	player *player                       // what goes wrong, and the log of requests
}

// NewAPIServer makes a server of these resources, with no objects.
func NewAPIServer(resources ...ResourceDefinition) *APIServer {
	s := &APIServer{clock: newClock(), tables: map[schema.GroupVersionResource]table{}}
	s.player = newPlayer(s.Compact)
	for _, r := range resources {
		d := r.definition
		s.tables[d.resource] = r.table(d, s.clock)
		s.order = append(s.order, d.resource)
	}
	return s
}

// SourceOf returns a resource of a server as a typed source.
func SourceOf[T Object](s *APIServer, resource schema.GroupVersionResource) (*Source[T], error) {
	source, ok := s.tables[resource].(*Source[T])
	if !ok {
		return nil, fmt.Errorf("fake: the server has no resource %v of this type", resource)
	}
	return source, nil
}
