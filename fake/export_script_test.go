// SPDX-License-Identifier: Apache-2.0

package fake

import "context"

// Admit takes in a request of any kind, as whoever serves it does.
func (s *APIServer) Admit(ctx context.Context, request Request) (Fault, error) {
	r, err := s.player.admit(ctx, request)
	return r.Fault, err
}
