// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
)

// startServer serves made-up pods over HTTP on loopback until ctx is done, to
// kubectl too. Nothing happens to them while pause is held.
func startServer(ctx context.Context, group *errgroup.Group, count int, rate float64) (config *rest.Config, pause sync.Locker, err error) {
	api := fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: time.Minute}, fake.Resource[*corev1.Pod]("", "v1", "pods"))
	pods, err := fake.SourceOf[*corev1.Pod](api, corev1.SchemeGroupVersion.WithResource("pods"))
	if err != nil {
		return nil, nil, err
	}
	traffic := newTraffic(pods)
	if err := traffic.seed(count); err != nil {
		return nil, nil, fmt.Errorf("making up pods: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("starting a server on loopback: %w", err)
	}
	server := &http.Server{
		Handler: api.Handler(),
		// Watches last as long as their request: they end with ctx.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	group.Go(func() error { return traffic.run(ctx, rate) })
	return &rest.Config{Host: "http://" + listener.Addr().String()}, &traffic.pause, nil
}
