// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotInSet says that there is no such name in the [NameSet] of an informer, so
// nothing is read of it.
var ErrNotInSet = errors.New("the name is not in the set that the informer is over")

var (
	errNoVersions     = errors.New("the source gives no resource versions that can be compared, as those of API servers can")
	errNoSet          = errors.New("the informer is over no set of names; WaitForVersion waits for all there is")
	errNoOrigin       = errors.New("the view comes of informers over sets of names, and has no version; wait in those")
	errSeveralServers = errors.New("versions of several clusters cannot be compared; WaitForVersionOf waits for one of them")
)

// VersionError says why a resource version was not reached, or not waited for.
type VersionError struct {
	Resource string
	Part     string // the namespace or cluster that was waited for, of an informer over a [NameSet]; the input, of a view of several
	Handler  string // that was waited for, by name; empty if it was the cache
	Wanted   string // the version
	// Reached is the version that the cache reflects of the part; empty if
	// nothing has been listed yet, or several parts were meant. Beside a Handler
	// it may be past Wanted: it is the handler that is behind.
	Reached string
	// Last is the last error of the source, if the source is failing now.
	Last error
	// Err is why the waiting ended: that of the context, [ErrStopped],
	// [ErrRemoved], [ErrNotInSet], or what makes the waiting pointless.
	Err error
}

func (e *VersionError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "informer: %s", e.Resource)
	if e.Part != "" {
		fmt.Fprintf(&text, " of %s", e.Part)
	}
	fmt.Fprintf(&text, ": waiting for version %q", e.Wanted)
	if e.Handler != "" {
		fmt.Fprintf(&text, " in handler %q", e.Handler)
	}
	fmt.Fprintf(&text, ": %v", e.Err)
	if e.Reached != "" {
		fmt.Fprintf(&text, "; the cache has reached %q", e.Reached)
	}
	if e.Last != nil {
		fmt.Fprintf(&text, "; the last error was: %v", e.Last)
	}
	return text.String()
}

// Unwrap returns why the waiting ended and the last error of the source.
func (e *VersionError) Unwrap() []error {
	if e.Last == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Last}
}

// versionError says what a goal was missed for. p is the part that was waited
// for, nil if it did not come to that.
func (inf *Informer[T]) versionError(p *part[T], to goal, err error) error {
	failure := &VersionError{Resource: inf.resource, Handler: to.handler, Wanted: to.version, Err: err}
	if to.of != nil {
		failure.Part = *to.of
	}
	if p == nil {
		return failure
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	failure.Part, failure.Reached = p.name, p.version
	if p.feed == nil { // the part is nothing but the version of an input
		return failure
	}
	if health := p.feed.Health(); health.Failures > 0 {
		failure.Last = health.LastError
	}
	return failure
}
