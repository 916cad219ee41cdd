// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	mediaJSON     = runtime.ContentTypeJSON
	mediaProtobuf = runtime.ContentTypeProtobuf
)

// offer is one way to answer: an encoding, and what the object is answered as.
type offer struct {
	format format
	as     string // "" for the object itself, or a kind of meta.k8s.io/v1
}

// The kinds of meta.k8s.io/v1 that objects are answered as.
const (
	asTable       = "Table"
	asPartial     = "PartialObjectMetadata"
	asPartialList = "PartialObjectMetadataList"
)

// plainOffers are for what every server has in both encodings: a Status, and
// what discovery says.
var plainOffers = []offer{{format: jsonFormat{}}, {format: protobufFormat{}}}

// offers says how objects of a target can be answered, the likeliest first.
func (c call) offers() []offer {
	partial := asPartial
	if c.verb == verbList || c.verb == verbDeleteCollection {
		partial = asPartialList
	}
	all := []offer{
		{format: jsonFormat{}},
		{format: jsonFormat{}, as: asTable},
		{format: jsonFormat{}, as: partial},
		{format: protobufFormat{}, as: partial},
	}
	if isMessage(c.table.blank()) {
		all = append(all, offer{format: protobufFormat{}})
	}
	return all
}

// negotiate returns the offer that the client likes best, by the Accept headers
// of its request. A client that says nothing gets the first.
func negotiate(header []string, offers []offer) (offer, error) {
	wishes := strings.Join(header, ",")
	if strings.TrimSpace(wishes) == "" {
		return offers[0], nil
	}
	for _, wish := range parseAccept(wishes) {
		for _, offer := range offers {
			if wish.takes(offer) {
				return offer, nil
			}
		}
	}
	return offer{}, notAcceptable(offers)
}

// routed is what a server does first for all but custom resources, when it finds
// out who is to answer: the client has to take a media type that is offered, by
// its full name, or any.
func routed(header []string, offers []offer) error {
	wishes := strings.Join(header, ",")
	if strings.TrimSpace(wishes) == "" {
		return nil
	}
	for part := range strings.SplitSeq(wishes, ",") {
		media, _, _ := strings.Cut(part, ";")
		media = strings.TrimSpace(media)
		if media == "*/*" || slices.ContainsFunc(offers, func(o offer) bool { return o.format.contentType() == media }) {
			return nil
		}
	}
	return refused(notAcceptable(offers))
}

func notAcceptable(offers []offer) *apierrors.StatusError {
	var offered []string
	for _, offer := range offers {
		if kind := offer.format.contentType(); !slices.Contains(offered, kind) {
			offered = append(offered, kind)
		}
	}
	return failure(http.StatusNotAcceptable, metav1.StatusReasonNotAcceptable,
		"only the following media types are accepted: "+strings.Join(offered, ", "))
}

// wish is one part of an Accept header.
type wish struct {
	kind, subkind string // of the media type
	as            string
	quality       float64
}

// parseAccept returns the parts, the dearest first; those of one quality in
// their order, those with a wildcard last. What cannot be read is left out, and
// so is a transformation into something other than meta.k8s.io/v1.
func parseAccept(header string) []wish {
	var wishes []wish
	for part := range strings.SplitSeq(header, ",") {
		media, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		next := wish{as: parameters["as"], quality: 1}
		next.kind, next.subkind, _ = strings.Cut(media, "/")
		if next.as != "" && (parameters["g"] != "meta.k8s.io" || parameters["v"] != "v1") {
			continue
		}
		if q, err := strconv.ParseFloat(parameters["q"], 64); err == nil && q >= 0 && q < 1 {
			next.quality = q
		}
		if next.quality > 0 {
			wishes = append(wishes, next)
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		return cmp.Or(cmp.Compare(b.quality, a.quality), cmp.Compare(a.wildcards(), b.wildcards()))
	})
	return wishes
}

func (w wish) wildcards() (count int) {
	for _, part := range []string{w.kind, w.subkind} {
		if part == "*" {
			count++
		}
	}
	return count
}

func (w wish) takes(offer offer) bool {
	kind, subkind, _ := strings.Cut(offer.format.contentType(), "/")
	return w.as == offer.as && (w.kind == "*" || w.kind == kind) && (w.subkind == "*" || w.subkind == subkind)
}
