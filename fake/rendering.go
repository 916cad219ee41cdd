// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// rendering is what objects are answered as: themselves, their metadata, or rows
// of a table.
type rendering interface {
	// one renders the object of an answer or an event; a bookmark too, which is
	// an object with nothing but metadata.
	one(f format, object Object) ([]byte, error)
	many(f format, objects []Object, meta metav1.ListMeta) ([]byte, error)
}

// form is how a request is to be answered.
type form struct {
	format
	rendering
	gvk schema.GroupVersionKind // of the resource
}

// form finds what the client wants of what there is.
func (c call) form(r *http.Request) (form, error) {
	accept, offers := r.Header.Values("Accept"), c.offers()
	if c.builtin {
		if err := routed(accept, offers); err != nil {
			return form{}, err
		}
	}
	chosen, err := negotiate(accept, offers)
	if err != nil {
		return form{}, err
	}
	result := form{format: chosen.format, gvk: c.gvk()}
	switch chosen.as {
	case asTable:
		result.rendering, err = newTableRendering(c)
	case asPartial, asPartialList:
		result.rendering = partialRendering{}
	default:
		result.rendering = plainRendering{c.gvk()}
	}
	return result, err
}

func (f form) answer(w http.ResponseWriter, code int, object Object) error {
	body, err := f.one(f.format, object)
	if err != nil {
		return err
	}
	write(w, f.contentType(), code, body)
	return nil
}

func (f form) answerList(w http.ResponseWriter, objects []Object, meta metav1.ListMeta) error {
	body, err := f.many(f.format, objects, meta)
	if err != nil {
		return err
	}
	write(w, f.contentType(), http.StatusOK, body)
	return nil
}

// plainRendering leaves objects as they are.
type plainRendering struct{ kind schema.GroupVersionKind }

func (p plainRendering) one(f format, object Object) ([]byte, error) {
	body, err := f.object(p.kind, object)
	if err != nil {
		return nil, cannotEncode(object, err)
	}
	return body, nil
}

func (p plainRendering) many(f format, objects []Object, meta metav1.ListMeta) ([]byte, error) {
	items := make([][]byte, len(objects))
	for i, object := range objects {
		var err error
		if items[i], err = f.item(object); err != nil {
			return nil, cannotEncode(object, err)
		}
	}
	return f.list(listKind(p.kind), meta, items)
}

func listKind(kind schema.GroupVersionKind) schema.GroupVersionKind {
	return kind.GroupVersion().WithKind(kind.Kind + "List")
}

func cannotEncode(object Object, err error) error {
	return apierrors.NewInternalError(fmt.Errorf("encode %T %q: %w", object, keyOf(object), err))
}
