// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// list reads all pages and hands them over as one.
//
// The first list takes any state that the server has at hand, version "0", which
// spares etcd. Later ones ask for nothing older than what has been seen, so that
// a lagging server does not turn the cache back. When the server does not have
// that version, the newest state will do.
func (r *Reflector[T]) list(ctx context.Context) (Phase, error) {
	version := r.listVersion
	c, page, err := r.pages(ctx, listwatch.ListOptions{
		Version: version, VersionMatch: match(version), Limit: r.limit(version), Known: r.known(),
	})
	if err == nil {
		err = r.checkList(version, page.Version)
	}
	switch {
	case ctx.Err() != nil:
		return 0, nil
	case err != nil && r.newestInstead(version, err):
		r.report(version, Listing, 0, err)
		return Listing, nil
	case err != nil:
		return r.failed(version, Listing, err), nil
	}
	if err := c.handOver(ctx, page.Version); err != nil {
		return 0, err
	}
	return Watching, nil
}

// newestInstead reports whether a list failed because of the version it was
// asked for. The next one then asks for the newest state, and may do so at once:
// that cannot fail for the same reason.
func (r *Reflector[T]) newestInstead(asked string, err error) bool {
	if asked == "" {
		return false
	}
	switch CauseOf(err) {
	case CauseExpired, CauseTooLarge, CauseBehind:
		r.listVersion = ""
		return true
	}
	return false
}

// checkList returns an error for a list that would turn the cache back. Only
// when the newest state was asked for it is what it is: that of a server that
// was restored from a backup, say.
func (r *Reflector[T]) checkList(asked, got string) error {
	if asked != "" && older(got, r.version) {
		return errBehind(r.version, got)
	}
	return nil
}

// match returns how the version of a list is meant. "0" and "" mean what they
// say without it, also to servers that are older than resourceVersionMatch.
func match(version string) metav1.ResourceVersionMatch {
	if version == "" || version == "0" {
		return ""
	}
	return metav1.ResourceVersionMatchNotOlderThan
}

// limit returns the size of the pages of a list. A server that has a cache would
// answer a list "not older than" from that, but reads etcd for one with a limit
// as well; when many clients list again at the same time, after a restart of the
// server say, that is what hurts. So there is none, unless it was asked for or
// the server has answered version "0" in pages, which shows that it has no cache.
func (r *Reflector[T]) limit(version string) int64 {
	switch {
	case r.options.PageSize > 0:
		return r.options.PageSize
	case version == "" || version == "0" || r.paged:
		return defaultPageSize
	}
	return 0
}

func (r *Reflector[T]) pages(ctx context.Context, options listwatch.ListOptions) (*collection[T], listwatch.Page, error) {
	c := r.collect()
	for {
		page, err := r.page(ctx, options, c)
		switch {
		case ctx.Err() != nil:
			return nil, page, ctx.Err()
		case err != nil && options.Continue != "" && expired(err):
			// The state that the pages were of is gone: all at once, then.
			r.report(options.Version, Listing, 0, err)
			c, options = r.collect(), listwatch.ListOptions{Known: r.known()}
		case err != nil:
			return nil, page, err
		case page.Continue == "":
			return c, page, nil
		case page.Continue == options.Continue:
			return nil, page, errPageUnending()
		default:
			r.contact()
			r.paged = r.paged || options.Version == "0"
			// A token says which version it is of; naming one beside it is an error.
			options.Version, options.VersionMatch, options.Continue = "", "", page.Continue
		}
	}
}

// page reads one page, and gives up when nothing comes.
func (r *Reflector[T]) page(ctx context.Context, options listwatch.ListOptions, c *collection[T]) (listwatch.Page, error) {
	ctx, dog := watchOver(ctx, time.Now(), r.options.ListTimeout)
	defer dog.release()
	page, err := r.source.List(ctx, options, func(item store.Item[T], err error) {
		dog.alive()
		c.take(item, err)
	})
	if silent := silence(ctx); err != nil && silent != nil {
		return page, silent
	}
	return page, err
}
