// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apijson "k8s.io/apimachinery/pkg/util/json"
)

// jsonFormat is JSON; the events of a watch are one line each.
type jsonFormat struct{}

func (jsonFormat) contentType() string { return mediaJSON }
func (jsonFormat) streamType() string  { return mediaJSON }

func (jsonFormat) object(kind schema.GroupVersionKind, object runtime.Object) ([]byte, error) {
	body, err := json.Marshal(object)
	if err != nil || !object.GetObjectKind().GroupVersionKind().Empty() {
		return body, err
	}
	// Setting the kind in the object would need a copy of it: everybody reads
	// it. It is put before the first field of the JSON instead.
	head, err := json.Marshal(typeOf(kind))
	if err != nil || len(body) < 2 || body[0] != '{' {
		return nil, fmt.Errorf("%T is not encoded as a JSON object", object)
	}
	if body[1] == '}' {
		return head, nil
	}
	head[len(head)-1] = ','
	return append(head, body[1:]...), nil
}

// item has no kind added: a list of a typed resource says it once. Unstructured
// objects have theirs in their content.
func (jsonFormat) item(object runtime.Object) ([]byte, error) { return json.Marshal(object) }

func (jsonFormat) list(kind schema.GroupVersionKind, meta metav1.ListMeta, items [][]byte) ([]byte, error) {
	list := struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        metav1.ListMeta   `json:"metadata"`
		Items           []json.RawMessage `json:"items"`
	}{typeOf(kind), meta, make([]json.RawMessage, len(items))}
	for i, item := range items {
		list.Items[i] = item
	}
	return json.Marshal(list)
}

func (jsonFormat) event(name string, object []byte) ([]byte, error) {
	line, err := json.Marshal(struct {
		Type   string          `json:"type"`
		Object json.RawMessage `json:"object"`
	}{name, object})
	return append(line, '\n'), err
}

// decode minds the case of field names, and keeps integers apart from other
// numbers, as servers do.
func (jsonFormat) decode(body []byte, into runtime.Object, look func(metav1.TypeMeta) error) error {
	var claimed metav1.TypeMeta
	if err := apijson.Unmarshal(body, &claimed); err != nil {
		return fmt.Errorf("couldn't get version/kind; json parse error: %w", err)
	}
	if err := look(claimed); err != nil {
		return err
	}
	return apijson.Unmarshal(body, into)
}

func typeOf(kind schema.GroupVersionKind) metav1.TypeMeta {
	apiVersion, name := kind.ToAPIVersionAndKind()
	return metav1.TypeMeta{Kind: name, APIVersion: apiVersion}
}
