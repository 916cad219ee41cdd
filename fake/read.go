// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (h *handler) get(w http.ResponseWriter, c call, form form) error {
	if err := h.reached(c.query.Get("resourceVersion")); err != nil {
		return err
	}
	object, found := c.table.object(c.key)
	if !found {
		return apierrors.NewNotFound(c.resource.GroupResource(), c.key.Name)
	}
	return form.answer(w, http.StatusOK, object)
}

// reached is nil if the newest state is not older than version.
func (h *handler) reached(text string) error {
	version, err := parseVersion(text)
	if err != nil {
		return errUnnamed(err.Error()) // as for a watch
	}
	if newest := h.server.clock.version(); version > newest {
		return tooLarge(version, newest)
	}
	return nil
}

func (h *handler) list(w http.ResponseWriter, r *http.Request, c call, form form) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	page, err := c.table.page(r.Context(), scope.behind(c.ruling.Behind), c.listOptions())
	if err != nil {
		return err
	}
	meta := metav1.ListMeta{ResourceVersion: page.Version, Continue: c.ruling.continueAfter(page.Page)}
	if page.remaining > 0 {
		meta.RemainingItemCount = &page.remaining
	}
	form.format = &faultyFormat{format: form.format, fault: &c.ruling.Fault}
	if n := c.ruling.Truncate; n > 0 && n <= len(page.objects) {
		w = halved{w}
	}
	return form.answerList(w, page.objects, meta)
}
