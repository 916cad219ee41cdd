// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Failure is what a [ListError], a [WatchError] and a [StreamError] have in
// common: errors.As finds it in each of them. What failed is tried again.
type Failure struct {
	Resource schema.GroupVersionResource
	Part     string        // of the resource, such as a namespace; empty for all of it
	Phase    Phase         // what failed
	Cause    Cause         // why, in a word
	Version  string        // the resource version that it was asked with
	Attempt  int           // failures in a row, this one included
	Next     Phase         // what is tried next
	Wait     time.Duration // before that
	Err      error         // of the source
}

func (f *Failure) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "reflect: %s: %v at version %q failed (%d in a row), %v follows in %v: %v",
		nameOf(f.Resource, f.Part), f.Phase, f.Version, f.Attempt, f.Next, f.Wait.Round(time.Millisecond), f.Err)
	if advice := f.Cause.advice(); advice != "" && !advised(f.Err) {
		text.WriteString("; " + advice)
	}
	return text.String()
}

// advised reports whether a source has said already what can be done: it knows
// more of the request.
func advised(err error) bool {
	var request *listwatch.RequestError
	var kind *listwatch.KindError
	return errors.As(err, &request) || errors.As(err, &kind)
}

// Unwrap returns the error of the source.
func (f *Failure) Unwrap() error { return f.Err }

// ListError says that a list failed.
type ListError struct{ *Failure }

// Unwrap returns the [Failure].
func (e *ListError) Unwrap() error { return e.Failure }

// WatchError says that a request to watch failed, a streaming list included,
// before it brought anything.
type WatchError struct{ *Failure }

// Unwrap returns the [Failure].
func (e *WatchError) Unwrap() error { return e.Failure }

// StreamError says that a watch or a streaming list broke off after the server
// had begun to answer: with an error, too early, by silence, or because what it
// brought cannot be right.
type StreamError struct{ *Failure }

// Unwrap returns the [Failure].
func (e *StreamError) Unwrap() error { return e.Failure }

// nameOf returns what messages call a resource, or a part of it.
func nameOf(resource schema.GroupVersionResource, part string) string {
	name := "a source without Options.Resource"
	if resource.Resource != "" {
		name = resource.GroupResource().String()
	}
	if part != "" {
		name += " in " + part
	}
	return name
}

// problem is a failure that no source reports: the reflector has noticed it.
type problem struct {
	cause Cause
	text  string
}

func (p *problem) Error() string { return p.text }

func errClosedAtOnce() error {
	return &problem{CauseClosed, "the server closed the watch within a second, and it brought nothing new"}
}

func errClosedEarly() error {
	return &problem{CauseClosed, "the server closed the streaming list before the bookmark that ends it"}
}

func errPageUnending() error {
	return &problem{CauseOther, "the source gave the same continue token twice, so its list has no end"}
}

func errSilent(d time.Duration) error {
	return &problem{CauseSilent, fmt.Sprintf("nothing has come for %v, and the request was given up", d)}
}

func errWentBack(last, got string) error {
	return &problem{CauseWentBack, fmt.Sprintf("the watch went back from version %s to %s", last, got)}
}

func errBehind(seen, got string) error {
	return &problem{CauseBehind, fmt.Sprintf("the list is of version %s, but %s was seen before; is it from a server that lags behind, or one restored from a backup?", got, seen)}
}
