// SPDX-License-Identifier: Apache-2.0

// Demo serves the metrics of a few informers on loopback. It needs no cluster: the
// informers read a server in memory, which has a bad time once in a while, so that
// there is something to see in each panel of the dashboard.
//
//	go -C examples/metrics run ./demo
//	curl -s http://127.0.0.1:9464/metrics | grep ^typedinformer
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9464", "where to serve /metrics")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *listen, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// serve runs the program and serves its metrics until ctx is done.
func serve(ctx context.Context, address string, out io.Writer) error {
	p, err := newProgram()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("serving metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux}
	owned, ctx := errgroup.WithContext(ctx)
	owned.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving metrics on %s: %w", listener.Addr(), err)
		}
		return nil
	})
	owned.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	owned.Go(func() error { return p.run(ctx) })
	fmt.Fprintf(out, "http://%s/metrics\n", listener.Addr())
	return owned.Wait()
}
