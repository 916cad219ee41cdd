// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Provider says how a [Group] gets at a resource. It is a value, and safe for
// concurrent use if its function is.
//
// A program that has one in hand, as generated code does, calls
// [Provider.Acquire]. One that does not gives it to the group with [Provide],
// and whoever needs the resource calls [Acquire] or [Get].
type Provider[T any] struct {
	// Resource is what is provided. Zero means whatever the scope says: one
	// Provider for many resources, such as those of a dynamic client.
	Resource schema.GroupVersionResource
	// Source returns the source of a scope; its Resource is set, if anybody has
	// said what it is. For a scope with a live set it is called once for each
	// namespace, with that in Namespace and with Namespaces nil. It is called
	// with no lock held, by several goroutines at once, and sometimes for
	// nothing: it had better not ask the server.
	Source func(scope Scope) listwatch.ListWatcher[T]
	// Options are those of the informers; nil means those of the group. Their
	// Resource counts only where neither scope nor Provider has one, and if they
	// have no ListSemaphore, the group's limit holds.
	Options *Options
	// Resync is the period of the handlers that are added through handles with
	// no [HandlerOptions].Resync of their own. Zero or less means never.
	Resync time.Duration
}

// Acquire returns a handle on the informer of a scope. If there is one, it is
// shared; if not, it is made, and starts as soon as the group runs. Who has
// acquired a handle has to call [Handle.Release].
//
// What [Provide] has set for T and the resource takes the place of p.
//
// Acquire does not fail. If the group has ended, the handle is of an informer
// that has stopped. If there can be no such informer, since the scope
// contradicts itself or p, or since p has no source for it, that is reported to
// [Options].OnError, by [Handle.WaitForSync] at once, and by [Group.Run].
func (p Provider[T]) Acquire(group *Group, scope Scope) *Handle[T] {
	scope.Resource = cmp.Or(scope.Resource, p.Resource)
	if set, found := provided[T](group, scope.Resource); found {
		p = set
	}
	return p.acquire(group, scope)
}

// acquire is Acquire with the provider that counts.
func (p Provider[T]) acquire(group *Group, scope Scope) *Handle[T] {
	scope.Resource = cmp.Or(scope.Resource, p.Resource)
	key := memberKey{typeOf[T](), scope}
	m := group.hold(key)
	if m == nil {
		// Made without a lock, since Source is the user's. Of two that are made
		// at once one is dropped: an informer that was never run is nothing but
		// memory.
		inf, flaw := p.build(group, scope)
		fresh := newMember(key, inf, inf.gvr, flaw)
		inf.journal.member = fresh
		m = group.enter(fresh)
	}
	return newHandle[T](group, m, p.Resync)
}

// build makes the informer of a scope. If there can be none, it returns one that
// must not be run, and why.
func (p Provider[T]) build(group *Group, scope Scope) (*Informer[T], error) {
	options := group.optionsOf(p.Options, scope.Resource)
	flaw := p.validate(scope)
	if flaw == nil {
		inf := p.informer(scope, options)
		if inf.broken == nil {
			return inf, nil
		}
		flaw = fmt.Errorf("%v: the Source of the provider has returned nil", scope)
	}
	// A source that nobody asks: the informer is only ever seen to have stopped.
	return New(listwatch.FromFuncs[T](nil, nil, nil), options), flaw
}

func (p Provider[T]) validate(scope Scope) error {
	switch {
	case p.Source == nil:
		return fmt.Errorf("%v: %w", scope, errNoSource)
	case p.Resource != (schema.GroupVersionResource{}) && p.Resource != scope.Resource:
		return fmt.Errorf("%v: the provider is of %v", scope, p.Resource.GroupResource())
	}
	return scope.validate()
}

var errNoSource = errors.New("the provider has no Source")

// informer makes an informer over what Source brings for the scope.
func (p Provider[T]) informer(scope Scope, options Options) *Informer[T] {
	if scope.Namespaces == nil {
		return New(p.Source(scope), options)
	}
	return NewOverNamespaces(scope.Namespaces, func(namespace string) listwatch.ListWatcher[T] {
		one := scope
		one.Namespace, one.Namespaces = namespace, nil
		return p.Source(one)
	}, options)
}

// Provide sets how a group gets at objects of type T of the provider's Resource,
// or, if that is zero, of all those that nothing more exact was provided for. It
// counts for the informers that are made after it; those there are go on. It
// takes the place of what was provided before, and of the providers that generated
// code has in hand: a test can provide a fake for them.
func Provide[T any](group *Group, provider Provider[T]) {
	group.provide(typeOf[T](), func(all providers) providers {
		// Asserted because the values of a map cannot have types that depend on
		// its keys; once for each call.
		ofType, _ := all.(providersOf[T])
		if ofType == nil {
			ofType = providersOf[T]{}
		}
		ofType[provider.Resource] = provider
		return ofType
	})
}

// Acquire returns a handle on the informer of a scope through what was provided
// for T; see [Provider.Acquire], and [Provide]. The error is a
// [*NoProviderError], or says what is wrong with the scope.
func Acquire[T any](group *Group, scope Scope) (*Handle[T], error) {
	provider, found := provided[T](group, scope.Resource)
	if !found {
		return nil, group.noProvider(typeOf[T](), scope.Resource)
	}
	scope.Resource = cmp.Or(scope.Resource, provider.Resource)
	if err := provider.validate(scope); err != nil {
		return nil, fmt.Errorf("informer: Acquire: %w", err)
	}
	return provider.acquire(group, scope), nil
}

// Get is [Acquire] with the zero Scope: everything there is of the only resource
// that was provided for T.
func Get[T any](group *Group) (*Handle[T], error) { return Acquire[T](group, Scope{}) }

// providers is what was provided for one type, which the group does not know.
type providers interface {
	resources() []schema.GroupVersionResource
}

type providersOf[T any] map[schema.GroupVersionResource]Provider[T]

func (p providersOf[T]) resources() (all []schema.GroupVersionResource) {
	for resource := range p {
		all = append(all, resource)
	}
	return all
}

// provided returns what was provided for a resource as T, or for all of T; if
// the resource is zero, the only one of T.
func provided[T any](group *Group, resource schema.GroupVersionResource) (found Provider[T], ok bool) {
	group.mu.Lock()
	defer group.mu.Unlock()
	// Asserted for the reason given in Provide; once an acquisition.
	all, _ := group.providers[typeOf[T]()].(providersOf[T])
	if found, ok = all[resource]; ok {
		return found, true
	}
	if found, ok = all[schema.GroupVersionResource{}]; ok {
		return found, true
	}
	if resource != (schema.GroupVersionResource{}) || len(all) != 1 {
		return found, false
	}
	for _, found = range all {
	}
	return found, true
}
