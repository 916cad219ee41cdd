// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
)

// ErrStopped says that an informer has stopped: its context has ended, or Run
// has failed. It does not run again.
var ErrStopped = errors.New("the informer has stopped")

// ErrRemoved says that a handler, or all those of a [Dispatcher], were removed.
var ErrRemoved = errors.New("it was removed")

// ErrReleased says that a [Handle] has been released: handlers cannot be added
// through it any more.
var ErrReleased = errors.New("the handle has been released")

// NoProviderError says that a [Group] does not know how to get at a resource.
// [Provide] tells it.
type NoProviderError struct {
	Type     string                      // what was to be acquired, such as "*v1.Pod"
	Resource schema.GroupVersionResource // that the scope has; zero if it has none
	// Resources are those that were provided for the type. If there are any and
	// Resource is zero, there are several, and the scope has to say which.
	Resources []schema.GroupVersionResource
	Types     []string // that something was provided for
}

func (e *NoProviderError) Error() string {
	return fmt.Sprintf("informer: there is no provider of %s: %s", e.what(), e.advice())
}

func (e *NoProviderError) what() string {
	if e.Resource.Resource == "" {
		return e.Type
	}
	return fmt.Sprintf("%s as %s", e.Resource.GroupResource(), e.Type)
}

func (e *NoProviderError) advice() string {
	var known []string
	for _, resource := range e.Resources {
		known = append(known, resource.GroupResource().String())
	}
	switch {
	case len(known) > 0 && e.Resource.Resource == "":
		return "there are several, and Scope.Resource has to say which: " + strings.Join(known, ", ")
	case len(known) > 0:
		return "informer.Provide sets one; of that type there are " + strings.Join(known, ", ")
	case len(e.Types) > 0:
		return "informer.Provide sets one; there are some of " + strings.Join(e.Types, ", ")
	}
	return "informer.Provide sets one; there is none at all"
}

// SourceError is what a [ListError], a [WatchError] and a [StreamError] have in
// common; errors.As finds it in each of them. It says what failed, why, and what
// happens next, and unwraps to the error of the source.
type SourceError = reflect.Failure

// ListError says that a list failed.
type ListError = reflect.ListError

// WatchError says that a request to watch failed.
type WatchError = reflect.WatchError

// StreamError says that a watch broke off, stayed silent, or brought what cannot
// be right.
type StreamError = reflect.StreamError

// StageIndex is the stage of a [listwatch.ItemError] for an object that the
// function of an index panicked on.
const StageIndex listwatch.Stage = "index"

var errUnlisted = errors.New("it was not listed, but an object was whose name cannot be read, and this may be it")

// PanicError says that a handler panicked. The event it was called with counts
// as delivered, and the handler gets the next one, unless it has [RaisePanics].
type PanicError struct {
	Resource string
	Handler  string // its name
	Value    any    // what panic was called with
	Stack    []byte // of the goroutine, as of [runtime/debug.Stack]
	Raised   bool   // the panic goes on; see [RaisePanics]
}

func (e *PanicError) Error() string {
	next := "and goes on with the next event"
	if e.Raised {
		next = "which is raised again"
	}
	return fmt.Sprintf("informer: %s: handler %q panicked, %s: %v\n%s", e.Resource, e.Handler, next, e.Value, e.Stack)
}

// Unwrap returns Value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// ReconcilePanicError says that [Reconciler.Reconcile] panicked. The key is tried
// again, as after any error.
type ReconcilePanicError struct {
	Reconciler string // its name
	Value      any    // what panic was called with
	Stack      []byte // of the worker, as of [runtime/debug.Stack]
}

func (e *ReconcilePanicError) Error() string {
	return fmt.Sprintf("informer: reconciler %q panicked: %v\n%s", e.Reconciler, e.Value, e.Stack)
}

// Unwrap returns Value if it is an error.
func (e *ReconcilePanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// NotSyncedError says why waiting for sync ended before sync.
type NotSyncedError struct {
	Resource string
	// Waiting is what was waited for: the initial list, or a handler by name
	// and how far it is.
	Waiting string
	// Last is the last error of the source, nil if there was none, or if it is a
	// handler that is behind.
	Last error
	// Err is why the waiting ended: that of the context, or [ErrStopped].
	Err error
}

func (e *NotSyncedError) Error() string {
	text := fmt.Sprintf("informer: %s: not synced: %v while waiting for %s", e.Resource, e.Err, e.Waiting)
	if e.Last != nil {
		text += fmt.Sprintf("; the last error was: %v", e.Last)
	}
	return text
}

// Unwrap returns why the waiting ended and the last error of the source.
func (e *NotSyncedError) Unwrap() []error {
	if e.Last == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Last}
}
