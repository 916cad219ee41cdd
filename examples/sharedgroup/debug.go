// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/typedinformer/typedinformer/informer"
)

// serveDebug serves a page about the informers of a group until ctx is done. It
// takes an address of the loopback interface alone: the page asks for no password.
func serveDebug(ctx context.Context, address string, group *informer.Group, printf func(format string, args ...any)) error {
	if err := loopback(address); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("serve the debug page: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/informers/", informer.DebugHandler(group, informer.DebugOptions{ShowValues: true}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	printf("--- http://%s/debug/informers/ is about the informers; Ctrl-C ends", listener.Addr())
	owned, ctx := errgroup.WithContext(ctx)
	owned.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	owned.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return owned.Wait()
}

// loopback returns an error unless an address can be reached from this machine alone.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("the address of the debug page: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("the address of the debug page is %q, which others may reach; give one like 127.0.0.1:8080", address)
	}
	return nil
}
