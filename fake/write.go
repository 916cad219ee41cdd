// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/types"
)

func (h *handler) create(w http.ResponseWriter, r *http.Request, c call, form form) error {
	var options metav1.CreateOptions
	if err := metav1.Convert_url_Values_To_v1_CreateOptions(&c.query, &options, nil); err != nil {
		return badQuery(err)
	}
	if err := invalidOptions("CreateOptions", validation.ValidateCreateOptions(&options)); err != nil {
		return err
	}
	object, err := h.object(r, c)
	if err != nil {
		return err
	}
	created, err := h.server.create(c.table, c.key.Namespace, object, options)
	if err != nil {
		return err
	}
	return form.answer(w, http.StatusCreated, created)
}

func (h *handler) update(w http.ResponseWriter, r *http.Request, c call, form form) error {
	var options metav1.UpdateOptions
	if err := metav1.Convert_url_Values_To_v1_UpdateOptions(&c.query, &options, nil); err != nil {
		return badQuery(err)
	}
	if err := invalidOptions("UpdateOptions", validation.ValidateUpdateOptions(&options)); err != nil {
		return err
	}
	object, err := h.object(r, c)
	if err != nil {
		return err
	}
	updated, err := h.server.update(c.table, c.key, c.subresource, object, options)
	if err != nil {
		return err
	}
	return form.answer(w, http.StatusOK, updated)
}

// patchTypes are passed on as they are; what is made of them is not decided here.
func patchTypes() []types.PatchType {
	return []types.PatchType{types.JSONPatchType, types.MergePatchType, types.StrategicMergePatchType, types.ApplyYAMLPatchType}
}

func (h *handler) patch(w http.ResponseWriter, r *http.Request, c call, form form) error {
	kind, err := patchType(r, c.builtin)
	if err != nil {
		return err
	}
	var options metav1.PatchOptions
	if err := metav1.Convert_url_Values_To_v1_PatchOptions(&c.query, &options, nil); err != nil {
		return badQuery(err)
	}
	if err := invalidOptions("PatchOptions", validation.ValidatePatchOptions(&options, kind)); err != nil {
		return err
	}
	body, err := h.body(r)
	if err != nil {
		return err
	}
	patched, err := h.server.patch(c.table, c.key, c.subresource, kind, body, options)
	if err != nil {
		return err
	}
	return form.answer(w, http.StatusOK, patched)
}

func patchType(r *http.Request, builtin bool) (types.PatchType, error) {
	given := types.PatchType(bodyType(r))
	var known []string
	for _, kind := range patchTypes() {
		if kind == given {
			return kind, nil
		}
		known = append(known, string(kind))
	}
	err := unsupported(known)
	if builtin {
		return "", refused(err)
	}
	return "", err
}

// delete answers with the object if that is still there, waiting for its
// finalizers, and else with a Status that names it.
func (h *handler) delete(w http.ResponseWriter, r *http.Request, c call, form form) error {
	options, err := h.deleteOptions(r, c)
	if err != nil {
		return err
	}
	object, gone, err := h.server.delete(c.table, c.key, options)
	switch {
	case err != nil:
		return err
	case !gone:
		return form.answer(w, http.StatusOK, object)
	}
	writeStatus(w, r, http.StatusOK, &metav1.Status{
		Status:  metav1.StatusSuccess,
		Details: &metav1.StatusDetails{Name: c.key.Name, Group: c.resource.Group, Kind: c.resource.Resource, UID: object.GetUID()},
	})
	return nil
}

// deleteCollection answers with what it deleted.
func (h *handler) deleteCollection(w http.ResponseWriter, r *http.Request, c call, form form) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	options, err := h.deleteOptions(r, c)
	if err != nil {
		return err
	}
	deleted, err := h.server.deleteCollection(c.table, scope, options)
	if err != nil {
		return err
	}
	return form.answerList(w, deleted.objects, metav1.ListMeta{ResourceVersion: deleted.Version})
}

// deleteOptions are in the body, or in the query if there is none.
func (h *handler) deleteOptions(r *http.Request, c call) (options metav1.DeleteOptions, err error) {
	body, err := h.body(r)
	if err != nil {
		return options, err
	}
	if len(body) == 0 {
		if err := metav1.Convert_url_Values_To_v1_DeleteOptions(&c.query, &options, nil); err != nil {
			return options, badQuery(err)
		}
		return options, invalidOptions("DeleteOptions", validation.ValidateDeleteOptions(&options))
	}
	f, err := bodyFormat(r, jsonFormat{}, protobufFormat{})
	if err != nil {
		return options, err
	}
	kind := metav1.SchemeGroupVersion.WithKind("DeleteOptions")
	if err := f.decode(body, &options, func(claimed metav1.TypeMeta) error {
		// Clients name the version of the resource, or that of the options.
		if claimed.Kind != "" && claimed.Kind != kind.Kind {
			return apierrors.NewBadRequest("the body of a delete must be DeleteOptions, not " + claimed.Kind)
		}
		return nil
	}); err != nil {
		return options, badBody(kind, err)
	}
	return options, invalidOptions(kind.Kind, validation.ValidateDeleteOptions(&options))
}
