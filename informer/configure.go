// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
)

// SetTransform has f change each object before it is cached, exactly once and
// whichever way it comes (G37): it is [listwatch.Map] over the source, for who is
// handed an informer that somebody else has made. Nil, which is how it is at first,
// caches objects as they come. The last call counts.
//
// f is what Map takes: it owns the object if the source shares it with nobody, and
// one that it returns an error for, or panics on, is put into quarantine. For a view
// there is nothing to set, since its objects are made by a function anyway.
//
// It returns an error once [Informer.Run] has been called, and changes nothing then.
func (inf *Informer[T]) SetTransform(f func(object T) (T, error)) error {
	return inf.configure("SetTransform", func() error {
		if inf.view != nil {
			return errors.New("a view has no source: transform what it is made of, or what its function returns")
		}
		inf.transform = f
		if inf.source != nil {
			inf.parts[0].feed = inf.newFeed("", 0, inf.source)
		}
		return nil
	})
}

// InterceptErrors puts f before [Options.OnError]: it is told of all that goes wrong
// in its stead, with next to pass on what is not for f, or what others are to know
// of too. With no OnError, next logs. Nil takes f away; the last call counts.
//
// f is called as OnError is: from several goroutines at once, with no lock held,
// and whoever calls it waits.
//
// It returns an error once [Informer.Run] has been called, and changes nothing then.
func (inf *Informer[T]) InterceptErrors(f func(err error, next func(error))) error {
	return inf.configure("InterceptErrors", func() error {
		if f == nil {
			inf.interceptor.Store(nil)
			return nil
		}
		inf.interceptor.Store((*interceptor)(&f))
		return nil
	})
}

type interceptor func(err error, next func(error))

// configure changes what Run finds. Later it is read without a lock.
func (inf *Informer[T]) configure(call string, change func() error) error {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	err := errors.New("Run has been called; call it before")
	if inf.life == created {
		err = change()
	}
	if err != nil {
		return fmt.Errorf("informer: %s: %s: %w", inf.resource, call, err)
	}
	return nil
}
