// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"math"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/typedinformer/typedinformer/listwatch"
)

// scope reads the selectors, and checks the options as a server does: here and
// not only where they are used, for what cannot be said in the options there.
func (c call) scope() (Scope, error) {
	scope := Scope{Namespace: c.key.Namespace}
	var err error
	if scope.Labels, err = labels.Parse(c.options.LabelSelector); err != nil {
		return scope, apierrors.NewBadRequest(fmt.Sprintf("labelSelector %q: %v", c.options.LabelSelector, err))
	}
	if scope.Fields, err = fields.ParseSelector(c.options.FieldSelector); err != nil {
		return scope, apierrors.NewBadRequest(fmt.Sprintf("fieldSelector %q: %v", c.options.FieldSelector, err))
	}
	options := c.defaulted()
	return scope, invalidOptions("ListOptions", validation.ValidateListOptions(&options, true))
}

// defaulted are the options that can be in conflict, as a server takes them: a
// watch from no version, or from "0", is one with initial events.
func (c call) defaulted() internalversion.ListOptions {
	options := internalversion.ListOptions{
		Watch:                c.options.Watch,
		ResourceVersion:      c.options.ResourceVersion,
		ResourceVersionMatch: c.options.ResourceVersionMatch,
		Continue:             c.options.Continue,
		SendInitialEvents:    c.options.SendInitialEvents,
	}
	internalversion.SetListOptionsDefaults(&options, true)
	return options
}

func (c call) listOptions() listwatch.ListOptions {
	return listwatch.ListOptions{
		Version:      c.options.ResourceVersion,
		VersionMatch: c.options.ResourceVersionMatch,
		Limit:        c.options.Limit,
		Continue:     c.options.Continue,
	}
}

func (c call) watchOptions() listwatch.WatchOptions {
	wanted := listwatch.WatchOptions{
		Version:       c.options.ResourceVersion,
		Bookmarks:     c.options.AllowWatchBookmarks,
		InitialEvents: isTrue(c.defaulted().SendInitialEvents),
	}
	if seconds := c.options.TimeoutSeconds; seconds != nil {
		// More than the longest Duration is as good as for ever.
		const longest = int64(math.MaxInt64 / time.Second)
		wanted.Timeout = time.Duration(min(max(*seconds, 0), longest)) * time.Second
	}
	return wanted
}

// invalidOptions is nil if there is nothing to say.
func invalidOptions(kind string, found field.ErrorList) error {
	if len(found) == 0 {
		return nil
	}
	return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: kind}, "", found)
}
