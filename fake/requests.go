// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// Request is one call to an [APIServer], as [APIServer.Requests] reports it.
type Request struct {
	// Time is when the call came.
	Time time.Time
	// Verb is "list", "watch", "get", "create", "update", "patch", "delete" or
	// "deletecollection". A watch with InitialEvents is what a [Rule] calls a
	// "stream".
	Verb string
	// Resource is what it is about, and Subresource the part of it, if any.
	Resource    schema.GroupVersionResource
	Subresource string
	// Namespace is empty for all namespaces, and for a resource without any.
	Namespace string
	// Name is empty where the call is about more than one object, and where one
	// is created.
	Name string

	// The rest are the options of a list or watch; see [listwatch.ListOptions]
	// and [listwatch.WatchOptions].

	Version       string
	VersionMatch  metav1.ResourceVersionMatch
	Limit         int64
	Continue      string // the token
	InitialEvents bool
	Bookmarks     bool
	Timeout       time.Duration
	LabelSelector string
	FieldSelector string
}

// String is one line with the options as they are named on the wire:
//
//	list pods in shop resourceVersion=0 limit=500
//
// Two requests that should be the same have the same line: Time and Timeout,
// which clients draw at random, are left out, and of a continue token it says
// no more than that there is one.
func (r Request) String() string {
	var text strings.Builder
	text.WriteString(r.Verb + " " + r.Resource.GroupResource().String())
	if r.Subresource != "" {
		text.WriteString("/" + r.Subresource)
	}
	switch {
	case r.Name != "":
		text.WriteString(" " + store.Key{Namespace: r.Namespace, Name: r.Name}.String())
	case r.Namespace != "":
		text.WriteString(" in " + r.Namespace)
	}
	value := func(name, value string) {
		if value != "" {
			text.WriteString(" " + name + "=" + value)
		}
	}
	flag := func(name string, set bool) {
		if set {
			text.WriteString(" " + name)
		}
	}
	value("resourceVersion", r.Version)
	value("resourceVersionMatch", string(r.VersionMatch))
	if r.Limit != 0 {
		fmt.Fprintf(&text, " limit=%d", r.Limit)
	}
	flag("continue", r.Continue != "")
	flag("sendInitialEvents", r.InitialEvents)
	flag("allowWatchBookmarks", r.Bookmarks)
	value("labelSelector", r.LabelSelector)
	value("fieldSelector", r.FieldSelector)
	return text.String()
}

// ruleVerb is what rules call the verb.
func (r *Request) ruleVerb() string {
	if r.Verb == verbWatch && r.InitialEvents {
		return verbStream
	}
	return r.Verb
}
