// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"

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
	batch, page, err := r.pages(ctx, listwatch.ListOptions{
		Version: version, VersionMatch: match(version), Limit: r.options.PageSize,
	})
	if err != nil {
		if (expired(err) || ahead(err)) && version != "" {
			r.listVersion = ""
			r.report(version, Listing, 0, err)
			return Listing, nil
		}
		return r.failed(version, Listing, err), nil
	}
	if err := r.sink.Replace(ctx, batch, page.Version); err != nil {
		return 0, err
	}
	r.listed(page.Version)
	return Watching, nil
}

// match returns how the version of a list is meant. "0" and "" mean what they
// say without it, also to servers that are older than resourceVersionMatch.
func match(version string) metav1.ResourceVersionMatch {
	if version == "" || version == "0" {
		return ""
	}
	return metav1.ResourceVersionMatchNotOlderThan
}

func (r *Reflector[T]) pages(ctx context.Context, options listwatch.ListOptions) (*store.Batch[T], listwatch.Page, error) {
	batch := new(store.Batch[T])
	for {
		page, err := r.source.List(ctx, options, func(item store.Item[T], err error) { r.collect(batch, item, err) })
		switch {
		case err != nil && options.Continue != "" && expired(err):
			// The state that the pages were of is gone: all at once, then.
			batch = new(store.Batch[T])
			options = listwatch.ListOptions{}
		case err != nil:
			return nil, page, err
		case page.Continue == "":
			return batch, page, nil
		case page.Continue == options.Continue:
			return nil, page, errPageUnending
		default:
			// A token says which version it is of; naming one beside it is an error.
			options.Version, options.VersionMatch, options.Continue = "", "", page.Continue
		}
	}
}
