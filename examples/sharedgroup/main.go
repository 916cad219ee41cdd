// SPDX-License-Identifier: Apache-2.0

// Sharedgroup is a program of two parts that know nothing of each other and read
// the same three resources: a reconciler that keeps, in the status of each
// Deployment, how many of its pods are ready; and a journal of all that happens.
// They share an informer for each resource, through a group. It needs no
// cluster: it runs for a few seconds against a server in memory, and prints what
// happens.
//
//	go run ./sharedgroup
//	go run ./sharedgroup --debug 127.0.0.1:8080 # and serves a page about its informers
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/informer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	debug := flag.String("debug", "", "serve a page about the informers at this `address` of the loopback interface, and go on until Ctrl-C")
	flag.Parse()
	if err := demo(ctx, time.Second/2, *debug); err != nil {
		fmt.Fprintln(os.Stderr, "sharedgroup:", err)
		os.Exit(1)
	}
}

// run runs both parts, with the informers of a group of their own, until ctx is done.
// Everything it starts has ended when it returns.
func run(ctx context.Context, group *informer.Group, clientset kubernetes.Interface, printf func(format string, args ...any)) error {
	provide(group, clientset)
	summary, err := newSummary(group, clientset.AppsV1())
	if err != nil {
		return err
	}
	defer summary.release()
	journal, err := newJournal(group, printf)
	if err != nil {
		return err
	}
	defer journal.release()
	owned, ctx := errgroup.WithContext(ctx)
	owned.Go(func() error { return group.Run(ctx) })
	owned.Go(func() error {
		if err := group.WaitForSync(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		return summary.Run(ctx)
	})
	return owned.Wait()
}

// demo runs both parts and, step by step, what others do with a cluster. With an
// address for a debug page it serves that, and goes on behind the last step.
func demo(ctx context.Context, pause time.Duration, debug string) error {
	server := newServer()
	clientset, err := kubernetes.NewForConfig(server.RESTConfig())
	if err != nil {
		return err
	}
	began := time.Now()
	printf := func(format string, args ...any) {
		fmt.Printf("%4.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	owned, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{HistoryLimit: 100}})
	owned.Go(func() error { return run(ctx, group, clientset, printf) })
	if debug != "" {
		owned.Go(func() error { return serveDebug(ctx, debug, group, printf) })
	}
	owned.Go(func() error {
		if debug == "" {
			defer cancel()
		}
		for _, step := range story(clientset) {
			printf("--- %s", step.text)
			if err := step.do(ctx); err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
		}
		printf("--- for two parts, the server was asked for %d watches of %d resources", watches(server), resources)
		return nil
	})
	return owned.Wait()
}
