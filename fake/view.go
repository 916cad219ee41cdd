// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// View is a [Source] as seen through a [Scope]. It is a
// [listwatch.ListWatcher], and behaves as the API server does for a request
// with that namespace and those selectors: an object that begins to match is
// Added to a watch, one that ceases to is Deleted, with its last matching state
// and the version of the write.
type View[T Object] struct {
	source *Source[T]
	scope  Scope
}

// Within returns the part of the source that scope takes in.
func (s *Source[T]) Within(scope Scope) *View[T] { return &View[T]{s, scope} }

// Namespace returns the part of the source in one namespace.
func (s *Source[T]) Namespace(namespace string) *View[T] {
	return s.Within(Scope{Namespace: namespace})
}

// Resource implements [listwatch.Described].
func (v *View[T]) Resource() schema.GroupVersionResource { return v.source.resource }

// List implements [listwatch.ListWatcher]. The items come in the order of their
// keys. As on a server,
//
//   - version "" and "0", and any that is not newer than the source, give the
//     newest state; one that is newer is an error ("too large", 504);
//   - a version with the match Exact, or with a limit and no match, gives the
//     state at that version, or the error "expired" (410) if it was forgotten;
//   - the pages of one list show one state, whatever is written in between;
//   - at version "0" the limit is ignored: the server has it all at hand.
func (v *View[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	revisions, page, err := v.page(ctx, options)
	if err != nil {
		return listwatch.Page{}, v.failed("list", err)
	}
	for _, revision := range revisions {
		each(revision.item, nil)
	}
	return page, nil
}

// page reads one page.
func (v *View[T]) page(ctx context.Context, options listwatch.ListOptions) ([]*revision[T], listwatch.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, listwatch.Page{}, err
	}
	if err := v.validate(internalversion.ListOptions{
		ResourceVersion:      options.Version,
		ResourceVersionMatch: options.VersionMatch,
		Continue:             options.Continue,
	}); err != nil {
		return nil, listwatch.Page{}, err
	}
	s := v.source
	s.mu.Lock()
	defer s.mu.Unlock()
	start, err := s.start(options)
	if err != nil {
		return nil, listwatch.Page{}, err
	}
	limit := options.Limit
	if options.Continue == "" && options.Version == "0" {
		limit = 0
	}
	rows := s.history.ordered()
	if options.Continue != "" {
		rows = after(rows, start.After)
	}
	page := listwatch.Page{Version: formatVersion(start.Version)}
	var revisions []*revision[T]
	for _, row := range rows {
		revision := row.at(start.Version)
		if revision == nil || !v.scope.matches(revision.item.Object) {
			continue
		}
		if limit > 0 && int64(len(revisions)) == limit {
			page.Continue = token{start.Version, revisions[limit-1].item.Key}.String()
			break
		}
		revisions = append(revisions, revision)
	}
	return revisions, page, nil
}

// start says which state is to be listed, and from where. The caller holds mu.
func (s *Source[T]) start(options listwatch.ListOptions) (token, error) {
	newest := s.history.version()
	if options.Continue != "" {
		if options.Version != "" && options.Version != "0" {
			return token{}, apierrors.NewBadRequest("specifying resource version is not allowed when using continue")
		}
		start, err := parseToken(options.Continue)
		switch {
		case err != nil:
			return token{}, err
		case start.Version > newest:
			return token{}, apierrors.NewBadRequest("continue key is not valid: it is of a version yet to come")
		case start.Version < s.history.floor:
			return token{}, apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.")
		}
		return start, nil
	}
	version, err := parseVersion(options.Version)
	if err != nil {
		return token{}, err
	}
	if version > newest {
		return token{}, tooLarge(version, newest)
	}
	exact := options.VersionMatch == metav1.ResourceVersionMatchExact ||
		options.VersionMatch == "" && options.Limit > 0 && version != 0
	if !exact {
		return token{Version: newest}, nil
	}
	if version < s.history.floor {
		return token{}, expired(version, s.history.floor)
	}
	return token{Version: version}, nil
}

// Watch implements [listwatch.ListWatcher]. A watch from version "" or "0"
// starts with what there is, as Added events, then brings the changes; one with
// InitialEvents does so too, and tells where the first part ends. A watch that
// starts below the kept history, or falls behind it because its reader is slow,
// ends with the error "expired" (410). The last pair of a watch whose ctx has
// ended has the error of ctx.
//
// There is no goroutine behind a watch: it waits, in the goroutine of its
// reader, on channels only, so a bubble of testing/synctest knows that it is
// idle.
func (v *View[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		w := &watcher[T]{view: v, options: options, yield: yield}
		if err := w.run(ctx); err != nil {
			yield(listwatch.Event[T]{}, v.failed("watch", err))
		}
	}
}

// validateWatch finds what is wrong with a watch before it begins.
func (v *View[T]) validateWatch(options listwatch.WatchOptions) error {
	checked := internalversion.ListOptions{Watch: true, ResourceVersion: options.Version}
	if options.InitialEvents {
		checked.SendInitialEvents = &options.InitialEvents
		checked.ResourceVersionMatch = metav1.ResourceVersionMatchNotOlderThan
	}
	if err := v.validate(checked); err != nil {
		return err
	}
	_, err := parseVersion(options.Version)
	return err
}

// validate uses the API server's own rules.
func (v *View[T]) validate(options internalversion.ListOptions) error {
	if errs := validation.ValidateListOptions(&options, true); len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	return v.scope.validate()
}

func (v *View[T]) failed(what string, err error) error {
	return fmt.Errorf("fake: %s %s: %w", what, v.source.resource.GroupResource(), err)
}

// parseVersion returns zero for "" and "0".
func parseVersion(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest(fmt.Sprintf("resourceVersion: invalid value %q: want a number", text))
	}
	return version, nil
}

func expired(version, oldest uint64) error {
	return apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", version, oldest))
}

// tooLarge is the error for a version that the server has not reached, as
// apierrors.IsTooLargeResourceVersion's callers know it: a timeout with a cause.
func tooLarge(version, newest uint64) error {
	err := apierrors.NewTimeoutError(fmt.Sprintf("Too large resource version: %d, current: %d", version, newest), 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{
		Type:    metav1.CauseTypeResourceVersionTooLarge,
		Message: "Too large resource version",
	}}
	return err
}

// deadline returns a channel that fires after d, and what releases it; with
// zero it never fires.
func deadline(d time.Duration) (<-chan time.Time, func()) {
	if d <= 0 {
		return nil, func() {}
	}
	timer := time.NewTimer(d)
	return timer.C, func() { timer.Stop() }
}
