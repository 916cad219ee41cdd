// SPDX-License-Identifier: Apache-2.0

package fake

import "net/http"

// Rows is how many objects, past ones included, the history holds on to: what
// it forgets has no other effect that could be seen.
func (s *Source[T]) Rows() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(len(s.history.rows), len(s.history.sorted)+len(s.history.fresh))
}

// Transport calls any handler as that of a server's RESTConfig does.
func Transport(handler http.Handler) http.RoundTripper { return &transport{handler} }
