// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// seen is what is shown of a pod.
type seen struct{ namespace, name, node, phase string }

// A view is where pods come from, in a type of one's choice.
type view[T any] struct {
	pods  listwatch.ListWatcher[T]
	see   func(T) seen
	weigh func(context.Context) string // says what pods take; may be nil
}

// watch informs itself of pods and prints what it hears, until ctx is done.
func (v view[T]) watch(ctx context.Context, server string, o options, out io.Writer) error {
	board := &board{server: server}
	pods := informer.New(v.pods, informer.Options{OnError: func(error) {}}) // the table says it, for as long as it is true
	byNode, err := index.Add(pods.Indexer(), "spec.nodeName", func(pod T) (string, bool) {
		node := v.see(pod).node
		return node, node != ""
	})
	if err != nil {
		return err
	}
	if _, err := pods.AddHandler(informer.HandlerFuncs[T]{
		OnAdd:    func(pod T, initial bool) { board.added(v.see(pod), initial) },
		OnUpdate: func(old, pod T) { board.updated(v.see(old), v.see(pod)) },
		OnDelete: func(last T, final bool) { board.deleted(v.see(last), final) },
	}); err != nil {
		return err
	}
	show := &printer{out: out, board: board, health: pods.Health, namespaces: pods.Indexer().Namespaces().Counts, nodes: byNode.Counts, redraw: isTerminal(out)}

	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return pods.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		if o.once {
			return once(ctx, pods.WaitForSync, v.weigh, show, o.timeout)
		}
		return follow(ctx, v.weighed(ctx, group, pods.WaitForSync), show, o.interval)
	})
	return group.Wait()
}

// weighed weighs pods as soon as they can be had, and sends what has come out.
func (v view[T]) weighed(ctx context.Context, group *errgroup.Group, synced func(context.Context) error) <-chan string {
	result := make(chan string, 1)
	if v.weigh != nil {
		group.Go(func() error {
			if synced(ctx) == nil {
				result <- v.weigh(ctx)
			}
			return nil
		})
	}
	return result
}

func once(ctx context.Context, synced func(context.Context) error, weigh func(context.Context) string, show *printer, timeout time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("gave up after %v (--timeout)", timeout))
	defer cancel()
	if err := synced(ctx); err != nil {
		return advise(err, show.board.server)
	}
	if weigh != nil {
		show.weight = weigh(ctx)
	}
	show.redraw = false
	return show.print(0)
}

func follow(ctx context.Context, weighed <-chan string, show *printer, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case show.weight = <-weighed:
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
