// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// call is what is known of a request before it is served.
type call struct {
	target
	verb  string
	query url.Values
	// options are those of list, watch and deletecollection; not checked yet.
	options metav1.ListOptions
	ruling  ruling // of the script
}

// newCall reads the head of a request for what its path names. It names the
// methods that are allowed in the header of the answer, if it is none of them:
// HTTP demands that, though an API server does not.
func newCall(t target, w http.ResponseWriter, r *http.Request) (call, error) {
	c := call{target: t}
	var allowed []string
	for _, route := range t.routes() {
		allowed = append(allowed, route.method)
		if route.method == r.Method {
			c.verb = route.verb
		}
	}
	if c.verb == "" {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return call{}, noSuchMethod()
	}
	var err error
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return call{}, badQuery(err)
	}
	if c.verb != verbList && c.verb != verbDeleteCollection {
		return c, nil
	}
	if err := metav1.Convert_url_Values_To_v1_ListOptions(&c.query, &c.options, nil); err != nil {
		return call{}, badQuery(err)
	}
	if c.verb == verbList && c.options.Watch {
		c.verb = verbWatch
	}
	return c, nil
}

func badQuery(err error) error {
	return apierrors.NewBadRequest("the query cannot be read: " + err.Error())
}
