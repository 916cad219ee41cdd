// SPDX-License-Identifier: Apache-2.0

// Podwatch shows the pods of a cluster as they come and go: how many there are
// in each namespace and on each node, and what has just happened to them.
//
// Without a cluster it starts an API server of its own on loopback, with made-up
// traffic, and watches that through the same client:
//
//	go run ./podwatch
//	go run ./podwatch --kubeconfig ~/.kube/config --namespace shop
//	go run ./podwatch --once
//	go run ./podwatch --slim
//
// The address in its first line is good for kubectl too, in another terminal:
//
//	kubectl --server http://127.0.0.1:… get pods --all-namespaces --watch
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "podwatch:", err)
		os.Exit(1)
	}
}

type options struct {
	kubeconfig, context string
	namespace, selector string
	once, slim          bool
	timeout, interval   time.Duration
	pods                int
	rate                float64
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("podwatch", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "kubeconfig `file` of the cluster to watch, or several as in KUBECONFIG; without one, a server with made-up pods is started")
	flags.StringVar(&o.context, "context", "", "`name` of the context in the kubeconfig; default: the current one")
	flags.StringVar(&o.namespace, "namespace", "", "watch this `namespace` only")
	flags.StringVar(&o.selector, "selector", "", "watch pods with these labels only, such as app=web")
	flags.BoolVar(&o.once, "once", false, "print the state once it is known, and exit")
	flags.BoolVar(&o.slim, "slim", false, "decode and keep of each pod what the table shows, and no more; the table says what a pod takes then, and what it would take")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "with --once, how long to wait for the state")
	flags.DurationVar(&o.interval, "interval", time.Second, "time between two prints")
	flags.IntVar(&o.pods, "pods", 120, "made-up pods to start with")
	flags.Float64Var(&o.rate, "rate", 20, "made-up changes a second")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	case o.context != "" && o.kubeconfig == "":
		return o, fmt.Errorf("--context %s needs --kubeconfig or KUBECONFIG, to say where it is defined", o.context)
	case o.interval <= 0 || o.timeout <= 0 || o.rate <= 0 || o.pods < 0:
		return o, errors.New("--interval, --timeout and --rate must be above zero, and --pods not below")
	}
	return o, nil
}

// run watches until ctx is done. Everything it starts has ended when it returns.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	config, pause, err := connect(ctx, group, o)
	if err != nil {
		return err
	}
	group.Go(func() error {
		defer cancel() // the server too
		if o.slim {
			return watchSlim(ctx, config, pause, o, out)
		}
		return watchFull(ctx, config, o, out)
	})
	return group.Wait()
}

// connect returns how to reach the cluster of the options, or a server that it
// starts, in which nothing happens while pause is held.
func connect(ctx context.Context, group *errgroup.Group, o options) (config *rest.Config, pause sync.Locker, err error) {
	if o.kubeconfig == "" {
		return startServer(ctx, group, o.pods, o.rate)
	}
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: o.kubeconfig}
	if files := filepath.SplitList(o.kubeconfig); len(files) > 1 {
		rules = &clientcmd.ClientConfigLoadingRules{Precedence: files} // merged; not all need to exist
	}
	config, err = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		rules,
		&clientcmd.ConfigOverrides{CurrentContext: o.context},
	).ClientConfig()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the kubeconfig %s: %w", o.kubeconfig, err)
	}
	return config, new(sync.Mutex), nil
}
