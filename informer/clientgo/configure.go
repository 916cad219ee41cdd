// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// errOthers is what configuring an informer that belongs to a group comes to.
var errOthers = errors.New("the informer is shared with others of its group: set it up in the group's options, or by its Provider")

// SetTransform has f change each object before it is cached, exactly once (G37).
// What f returns has to be of the type of the informer's objects.
func (s *shared[T]) SetTransform(f cache.TransformFunc) error {
	if s.config == nil {
		return failed(s.resource(), "SetTransform", errOthers)
	}
	if f == nil {
		return s.config.SetTransform(nil)
	}
	return s.config.SetTransform(func(object T) (T, error) {
		made, err := f(object)
		typed, ok := made.(T)
		if err == nil && !ok {
			err = fmt.Errorf("the transform has made %T of %T, which the informer has no place for", made, object)
		}
		return typed, err
	})
}

func (s *shared[T]) SetWatchErrorHandler(handler cache.WatchErrorHandler) error {
	if handler == nil {
		return s.SetWatchErrorHandlerWithContext(nil)
	}
	return s.SetWatchErrorHandlerWithContext(func(_ context.Context, r *cache.Reflector, err error) { handler(r, err) })
}

// SetWatchErrorHandlerWithContext has the handler told of each list and watch that
// failed, in place of Options.OnError, which goes on to be told of everything else.
// The reflector that the handler gets has a name and does nothing. Nil takes the
// handler away.
func (s *shared[T]) SetWatchErrorHandlerWithContext(handler cache.WatchErrorHandlerWithContext) error {
	if s.config == nil {
		return failed(s.resource(), "SetWatchErrorHandler", errOthers)
	}
	if handler == nil {
		return s.config.InterceptErrors(nil)
	}
	named := cache.NewReflectorWithOptions(&cache.ListWatch{}, nil, nil, cache.ReflectorOptions{
		Name: "typedinformer", TypeDescription: s.resource(),
	})
	return s.config.InterceptErrors(func(err error, next func(error)) {
		if !ofSource(err) {
			next(err)
			return
		}
		handler(s.context(), named, err)
	})
}

// ofSource reports whether an error is that of a list or a watch.
func ofSource(err error) bool {
	var list *informer.ListError
	var watch *informer.WatchError
	var stream *informer.StreamError
	return errors.As(err, &list) || errors.As(err, &watch) || errors.As(err, &stream)
}
