// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Options confine what a source over a client reads. The zero Options leave the
// requests as they are. Where several Options are given, an object has to pass
// all their selectors, the Tweaks run in order, and the last Resource counts.
type Options struct {
	// LabelSelector confines the source to objects with these labels, in the
	// text form of the Kubernetes API ("app=web,tier!=cache"). Empty means all.
	LabelSelector string
	// FieldSelector does the same by field ("spec.nodeName=node-7"). Which
	// fields there are is up to the server. Empty means all.
	FieldSelector string
	// Tweak changes the options of each request, list and watch, as the last
	// thing before it is sent. It must be safe for concurrent use. Nil changes
	// nothing.
	Tweak func(options *metav1.ListOptions)
	// Resource is the resource that error messages name and that the source
	// describes itself with. What it leaves empty is found out from the client
	// and from the type of the objects, as well as that can be done.
	Resource schema.GroupVersionResource
}

// request is what a list of Options comes to.
type request struct {
	labels, fields string
	tweaks         []func(*metav1.ListOptions)
	resource       schema.GroupVersionResource
	shard          string
}

// newRequest reads the selectors at once, so that a bad one is told as what it
// is, instead of by whatever the server makes of it.
func newRequest(all []Options) (request, error) {
	var result request
	var errs []error
	for _, options := range all {
		if _, err := labels.Parse(options.LabelSelector); err != nil {
			errs = append(errs, fmt.Errorf("listwatch: Options.LabelSelector %q: %w; want a form such as \"app=web,tier!=cache\"", options.LabelSelector, err))
		}
		if _, err := fields.ParseSelector(options.FieldSelector); err != nil {
			errs = append(errs, fmt.Errorf("listwatch: Options.FieldSelector %q: %w; want a form such as \"spec.nodeName=node-7\"", options.FieldSelector, err))
		}
		result.labels = join(result.labels, options.LabelSelector)
		result.fields = join(result.fields, options.FieldSelector)
		if options.Tweak != nil {
			result.tweaks = append(result.tweaks, options.Tweak)
		}
		if !options.Resource.Empty() {
			result.resource = options.Resource
		}
	}
	return result, errors.Join(errs...)
}

// join makes one selector of two: in both text forms a comma is an "and".
func join(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "," + second
}

// list returns the options of the request for one page.
func (r *request) list(options ListOptions) metav1.ListOptions {
	return r.finish(metav1.ListOptions{
		ResourceVersion:      options.Version,
		ResourceVersionMatch: options.VersionMatch,
		Limit:                options.Limit,
		Continue:             options.Continue,
	})
}

// watch returns the options of the request for a watch.
func (r *request) watch(options WatchOptions) metav1.ListOptions {
	result := metav1.ListOptions{
		Watch:               true,
		ResourceVersion:     options.Version,
		AllowWatchBookmarks: options.Bookmarks,
	}
	if options.Timeout > 0 {
		// A part of a second is rounded up: zero would mean no limit at all.
		seconds := int64((options.Timeout + 999_999_999) / 1_000_000_000)
		result.TimeoutSeconds = &seconds
	}
	if options.InitialEvents {
		// The server refuses sendInitialEvents without this match, and without
		// bookmarks there would be no telling where the list part ends.
		result.SendInitialEvents = new(true)
		result.ResourceVersionMatch = metav1.ResourceVersionMatchNotOlderThan
		result.AllowWatchBookmarks = true
	}
	return r.finish(result)
}

func (r *request) finish(options metav1.ListOptions) metav1.ListOptions {
	options.LabelSelector = r.labels
	options.FieldSelector = r.fields
	options.ShardSelector = r.shard
	for _, tweak := range r.tweaks {
		tweak(&options)
	}
	return options
}
