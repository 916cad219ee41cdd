// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// watch informs itself of pods and prints what it hears, until ctx is done.
func watch(ctx context.Context, client typedcorev1.PodInterface, server string, o options, out io.Writer) error {
	board := &board{server: server}
	pods := informer.New(
		listwatch.FromClient[*corev1.Pod](client, listwatch.Options{LabelSelector: o.selector}),
		informer.Options{OnError: func(error) {}}, // the table says it, for as long as it is true
	)
	byNode, err := index.Add(pods.Indexer(), "spec.nodeName", func(pod *corev1.Pod) (string, bool) {
		return pod.Spec.NodeName, pod.Spec.NodeName != ""
	})
	if err != nil {
		return err
	}
	if _, err := pods.AddHandler(board); err != nil {
		return err
	}
	show := &printer{out: out, board: board, health: pods.Health, namespaces: pods.Indexer().Namespaces(), nodes: byNode, redraw: isTerminal(out)}

	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return pods.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		if o.once {
			return once(ctx, pods, show, o.timeout)
		}
		return follow(ctx, show, o.interval)
	})
	return group.Wait()
}

func once(ctx context.Context, pods *informer.Informer[*corev1.Pod], show *printer, timeout time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("gave up after %v (--timeout)", timeout))
	defer cancel()
	if err := pods.WaitForSync(ctx); err != nil {
		return advise(err, show.board.server)
	}
	show.redraw = false
	return show.print(0)
}

func follow(ctx context.Context, show *printer, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := show.print(interval); err != nil {
				return err
			}
		}
	}
}

func isTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
