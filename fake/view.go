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
//   - a page that is full has a token if there are more objects, whether or not
//     they match the selectors: the last page may be empty;
//   - the pages of one list show one state, whatever is written in between. If
//     that state was forgotten, the error "expired" carries a token with which
//     the rest can be read as it is now;
//   - at version "0" the limit is ignored: the server has it all at hand.
func (v *View[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	revisions, page, err := v.page(ctx, options)
	if err != nil {
		return listwatch.Page{}, v.failed(verbList, err)
	}
	for _, revision := range revisions {
		each(revision.item, nil)
	}
	return page.Page, nil
}

// page reads one page.
func (v *View[T]) page(ctx context.Context, options listwatch.ListOptions) ([]*revision[T], pageInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, pageInfo{}, err
	}
	if err := v.validate(internalversion.ListOptions{
		ResourceVersion:      options.Version,
		ResourceVersionMatch: options.VersionMatch,
		Continue:             options.Continue,
	}); err != nil {
		return nil, pageInfo{}, err
	}
	s := v.source
	s.mu.Lock()
	defer s.mu.Unlock()
	start, err := v.start(options)
	if err != nil {
		return nil, pageInfo{}, err
	}
	limit := options.Limit
	if options.Version == "0" {
		limit = 0
	}
	rows := s.history.ordered()
	if options.Continue != "" {
		rows = after(rows, start.After)
	}
	page := pageInfo{Page: listwatch.Page{Version: formatVersion(start.Version)}}
	var revisions []*revision[T]
	for i, row := range rows {
		revision := row.at(start.Version)
		if revision == nil || !v.reads(revision.item.Key) {
			continue
		}
		// A server does not look on for an object that matches: the next page may
		// turn out to be empty.
		if limit > 0 && int64(len(revisions)) == limit {
			next := token{Version: start.Version, After: revisions[limit-1].item.Key}
			if !v.scope.selects() {
				page.remaining = v.remaining(start, limit, rows[i:])
				next.Left = page.remaining
			}
			page.Continue = next.String()
			break
		}
		if !v.matches(revision.item.Object) {
			continue
		}
		revisions = append(revisions, revision)
	}
	return revisions, page, nil
}

// remaining returns how many objects of the list that began at start are in
// rest, behind a page of so many. The token of the page before knows how many
// there were, so that only the first page has to count.
func (v *View[T]) remaining(start token, page int64, rest []*row[T]) (count int64) {
	if start.Left > page {
		return start.Left - page
	}
	for _, row := range rest {
		if revision := row.at(start.Version); revision != nil && v.matches(revision.item.Object) {
			count++
		}
	}
	return count
}

// start says which state is to be listed, and from where. The caller holds mu.
func (v *View[T]) start(options listwatch.ListOptions) (token, error) {
	if options.Continue != "" {
		return v.next(options)
	}
	history := &v.source.history
	version, err := parseVersion(options.Version)
	if err != nil {
		return token{}, err
	}
	exact := options.VersionMatch == metav1.ResourceVersionMatchExact ||
		options.VersionMatch == "" && options.Limit > 0 && version != 0
	newest := history.version()
	if options.Version != "" && !exact {
		newest = history.behind(v.scope.lag)
	}
	switch {
	case version > newest:
		return token{}, tooLarge(version, newest)
	case !exact:
		return token{Version: newest}, nil
	case version < history.floor:
		return token{}, expired(version, history.floor)
	}
	return token{Version: version}, nil
}

// next is start for a page that is not the first. The caller holds mu.
func (v *View[T]) next(options listwatch.ListOptions) (token, error) {
	if options.Version != "" && options.Version != "0" {
		return token{}, apierrors.NewBadRequest("specifying resource version is not allowed when using continue")
	}
	history := &v.source.history
	start, err := parseToken(options.Continue)
	switch {
	case err != nil:
		return token{}, err
	case start.Version == 0: // a list that has given up on one state
		return token{Version: history.version(), After: start.After}, nil
	case start.Version > history.version():
		return token{}, apierrors.NewBadRequest("continue key is not valid: it is of a version yet to come")
	case start.Version < history.floor:
		err := apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. " +
			"You can start a new list without the continue parameter, or read the rest as it is now with the continue token of this answer.")
		err.ErrStatus.Continue = token{After: start.After}.String()
		return token{}, err
	}
	return start, nil
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
			yield(listwatch.Event[T]{}, v.failed(verbWatch, err))
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
	if _, err := parseVersion(options.Version); err != nil {
		return errUnnamed(err.Error()) // which is no BadRequest here, other than for a list
	}
	return nil
}

// behind returns the view as a lagging replica has it; see [Scope].
func (v *View[T]) behind(writes int) *View[T] { return v.source.Within(v.scope.behind(writes)) }

// validate uses the API server's own rules.
func (v *View[T]) validate(options internalversion.ListOptions) error {
	if v.source.flaw != nil {
		return apierrors.NewInternalError(v.source.flaw)
	}
	if errs := validation.ValidateListOptions(&options, true); len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	return v.scope.validate(v.source.fields)
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
// clients know it: a timeout with a cause.
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
