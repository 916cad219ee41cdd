// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"net"
	"sync"

	"k8s.io/client-go/rest"
)

// A line is what a client talks over; it can be cut.
type line struct {
	mu   sync.Mutex // guards ends
	ends []net.Conn
}

// use has the clients of a config talk over the line.
func (l *line) use(config *rest.Config) {
	var dialer net.Dialer
	config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		end, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ends = append(l.ends, end)
		return end, nil
	}
}

// cut closes all connections, as a broken network does. Further ones can be made.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, end := range l.ends {
		_ = end.Close()
	}
	l.ends = nil
}
