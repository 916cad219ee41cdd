// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"iter"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/internal/inorder"
	"github.com/typedinformer/typedinformer/store"
)

// restSource is the source of REST. It is not changed once made.
type restSource[T any] struct {
	*restClient
	decoder decoder[T]
	workers int
	limit   int64 // of an object, in bytes
}

func newRESTSource[T any](config *rest.Config, resource schema.GroupVersionResource, options RESTOptions) (*restSource[T], error) {
	if config == nil {
		return nil, errors.New("the config is nil; pass one such as rest.InClusterConfig returns")
	}
	if resource.Resource == "" || resource.Version == "" {
		return nil, errors.New("the resource needs a name and a version, such as {Group: \"apps\", Version: \"v1\", Resource: \"deployments\"}")
	}
	shard, err := options.Shard.selector()
	if err != nil {
		return nil, err
	}
	decoder, err := newDecoder[T](resource, options, shard)
	if err != nil {
		return nil, err
	}
	client, err := newRESTClient(config, resource, options, accept(decoder.shape, options), shard)
	if err != nil {
		return nil, err
	}
	s := &restSource[T]{restClient: client, decoder: *decoder, workers: options.Workers, limit: options.MaxObject}
	if s.limit <= 0 || s.limit > MaxFrame {
		s.limit = MaxFrame
	}
	return s, nil
}

// Resource implements [Described].
func (s *restSource[T]) Resource() schema.GroupVersionResource { return s.resource }

// compactedBy returns the same source with another compactor.
func (s *restSource[T]) compactedBy(c *compactor[T]) ListWatcher[T] {
	again := *s
	again.decoder.compactor = c
	return &again
}

func (s *restSource[T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, err := s.list(ctx, options)
	if err != nil {
		return Page{}, err
	}
	defer body.Close()
	list, err := body.list(s.limit)
	if err != nil {
		return Page{}, err
	}
	d := s.decoder.forList(list, body, options.Known)
	err = inorder.Run(ctx, inorder.Job[origin, decoded[T]]{
		Next: d.next, Stop: cancel, Work: d.decode, Workers: s.workers,
	}, func(result *decoded[T]) bool {
		if result.Type != Left { // of another shard
			each(result.Item, result.err)
		}
		return true
	})
	if err != nil {
		return Page{}, body.broken(err)
	}
	return d.page()
}

func (s *restSource[T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		body, err := s.watch(ctx, options)
		if err != nil {
			yield(Event[T]{}, err)
			return
		}
		defer body.Close()
		s.follow(ctx, cancel, body, options, yield)
	}
}

// follow reads the frames of a watch until one of the sides ends.
func (s *restSource[T]) follow(ctx context.Context, cancel func(), body *answer, options WatchOptions, yield func(Event[T], error) bool) {
	stream, err := body.frames(s.limit)
	if err != nil {
		yield(Event[T]{}, err)
		return
	}
	listing, left := options.InitialEvents, false
	d := s.decoder.forWatch(stream, body, options)
	err = inorder.Run(ctx, inorder.Job[origin, decoded[T]]{
		Next: d.next, Stop: cancel, Work: d.decode, Workers: s.workers,
	}, func(result *decoded[T]) bool {
		if listing && result.Type == Left && result.err == nil {
			return true // of another shard: nobody can have kept it
		}
		listing = listing && !result.InitialEventsEnd
		ended := result.ends
		if ended {
			result.err = body.ended(result.err)
		}
		left = !yield(result.Event, result.err) || ended
		return !left
	})
	if err != nil && !left {
		yield(Event[T]{}, body.broken(err))
	}
}
