// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	optionsvalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/typedinformer/typedinformer/internal/jsonpatch"
	"github.com/typedinformer/typedinformer/store"
)

// patch changes the object of key. A resource version in the patch, or put there
// by it, has to be the current one.
func (s *APIServer) patch(t table, key store.Key, subresource string, kind types.PatchType, patch []byte, options metav1.PatchOptions) (Object, error) {
	d := t.define()
	if err := checkPatchType(d, kind); err != nil {
		return nil, err
	}
	if err := admit(d, subresource, "PatchOptions", optionsvalidation.ValidatePatchOptions(&options, kind)); err != nil {
		return nil, err
	}
	if !json.Valid(patch) { // which comes before the object is looked for
		return nil, apierrors.NewBadRequest("invalid JSON patch")
	}
	return modify(t, key, subresource, isDryRun(options.DryRun), func(current Object) (Object, error) {
		text, err := patched(t, current, kind, patch)
		if err != nil {
			return nil, err
		}
		object := t.blank()
		err = checkKind(d, text)
		if err == nil {
			err = decode(text, object)
		}
		if err == nil && d.custom {
			err = checkMetadata(object)
		}
		if err != nil {
			return nil, apierrors.NewInvalid(schema.GroupKind{}, "", field.ErrorList{
				field.Invalid(field.NewPath("patch"), string(text), err.Error()),
			})
		}
		return object, adoptAs(d, key, object)
	})
}

// checkPatchType refuses what a resource does not take. Custom resources are
// none of the server's Go types, so it cannot merge their lists by keys.
func checkPatchType(d definition, kind types.PatchType) error {
	accepted := []string{string(types.JSONPatchType), string(types.MergePatchType)}
	if !d.custom {
		accepted = append(accepted, string(types.StrategicMergePatchType))
	}
	if slices.Contains(accepted, string(kind)) {
		return nil
	}
	message := "the body of the request was in an unknown format - accepted media types include: "
	if kind == types.ApplyYAMLPatchType || kind == types.ApplyCBORPatchType {
		message = "server-side apply is not supported by the fake API server; send a patch of another media type: "
	}
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusUnsupportedMediaType,
		Reason:  metav1.StatusReasonUnsupportedMediaType,
		Message: message + strings.Join(accepted, ", "),
	}}
}

// isNull and isObject are for text that is JSON.
func isNull(text []byte) bool { return string(bytes.TrimSpace(text)) == "null" }

func isObject(text []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) }

// checkKind says whether a patch has made another kind of an object. Of a custom
// resource, that is found out later.
func checkKind(d definition, text []byte) error {
	if d.custom {
		return nil
	}
	var claimed metav1.TypeMeta
	if err := utiljson.Unmarshal(text, &claimed); err != nil {
		return err
	}
	if want := typeOf(d.groupVersionKind()); claimed != want {
		return fmt.Errorf("%s in version %q is not %s in version %q", claimed.Kind, claimed.APIVersion, want.Kind, want.APIVersion)
	}
	return nil
}

// patched returns the JSON of an object with a patch applied.
func patched(t table, current Object, kind types.PatchType, patch []byte) ([]byte, error) {
	c, err := contentOf(current)
	if err != nil {
		return nil, err
	}
	// A patch sees what clients see, and objects of a struct type do not have
	// their kind in themselves.
	d := t.define()
	c["kind"], _ = json.Marshal(d.kind) // of a string: it cannot fail
	c["apiVersion"], _ = json.Marshal(d.resource.GroupVersion().String())
	document, err := json.Marshal(c)
	if err != nil {
		return nil, apierrors.NewInternalError(fmt.Errorf("fake: encode %q: %w", keyOf(current), err))
	}
	switch kind {
	case types.JSONPatchType:
		if isNull(patch) {
			return document, nil // no operations
		}
		document, err = jsonpatch.Apply(document, patch)
	case types.MergePatchType:
		if !isObject(patch) {
			return nil, apierrors.NewBadRequest("error decoding patch: it is no object")
		}
		document, err = jsonpatch.Merge(document, patch)
	default:
		return strategic(t, document, patch)
	}
	switch {
	case errors.Is(err, jsonpatch.ErrMalformed):
		return nil, apierrors.NewBadRequest(err.Error())
	case errors.Is(err, jsonpatch.ErrTooLarge):
		return nil, apierrors.NewRequestEntityTooLargeError(err.Error())
	case err != nil:
		return nil, errUnprocessable(err)
	}
	return document, nil
}

// strategic applies a strategic merge patch, by the tags of the type.
func strategic(t table, document, patch []byte) ([]byte, error) {
	var original, changes map[string]any // of any form: this is what the library works on
	if err := utiljson.Unmarshal(patch, &changes); err != nil {
		return nil, apierrors.NewBadRequest("error decoding patch: " + err.Error())
	}
	if err := utiljson.Unmarshal(document, &original); err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	result, err := mergeStrategically(original, changes, t.blank())
	switch {
	case err == nil:
	case errors.Is(err, mergepatch.ErrNoListOfLists), errors.Is(err, mergepatch.ErrPatchContentNotMatchRetainKeys):
		return nil, errUnprocessable(err)
	case errors.Is(err, mergepatch.ErrBadJSONDoc), errors.Is(err, mergepatch.ErrBadPatchFormatForPrimitiveList),
		errors.Is(err, mergepatch.ErrBadPatchFormatForRetainKeys), errors.Is(err, mergepatch.ErrBadPatchFormatForSetElementOrderList),
		errors.Is(err, mergepatch.ErrUnsupportedStrategicMergePatchFormat):
		return nil, apierrors.NewBadRequest(err.Error())
	default:
		return nil, errUnnamed(err.Error())
	}
	text, err := json.Marshal(result)
	if err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	return text, nil
}

// mergeStrategically guards the library, which panics at keys of the wrong form,
// such as those of {"parts":[{"name":{}},{"name":{}}]} where parts are merged by
// name.
func mergeStrategically(original, changes map[string]any, like Object) (result map[string]any, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("the strategic merge patch cannot be applied: %v", value)
		}
	}()
	return strategicpatch.StrategicMergeMapPatch(original, changes, like)
}

// errUnprocessable is a server's error for a patch that does not apply, which
// keeps the cause to itself; here it is told.
func errUnprocessable(err error) error {
	status := apierrors.NewGenericServerResponse(http.StatusUnprocessableEntity, "", schema.GroupResource{}, "", "", 0, false)
	status.ErrStatus.Message += ": " + err.Error()
	return status
}
