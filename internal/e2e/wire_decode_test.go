// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// Whatever the encoding, what is compared is JSON, decoded without a type: so
// nothing that was sent is overlooked.

// decodeBody decodes the body of an answer; text that is no object stays text.
func decodeBody(contentType string, body []byte) (content any, err error) {
	media, _, _ := mime.ParseMediaType(contentType)
	switch media {
	case runtime.ContentTypeJSON:
		err = json.Unmarshal(body, &content)
	case runtime.ContentTypeProtobuf:
		content, err = decodeProtobuf(body)
	default:
		if len(body) > 0 {
			content = string(body)
		}
	}
	return content, err
}

// decodeProtobuf decodes with the types of client-go, and sees what those see.
func decodeProtobuf(body []byte) (content any, err error) {
	types := runtime.NewScheme()
	if err := scheme.AddToScheme(types); err != nil {
		return nil, err
	}
	if err := metav1.AddMetaToScheme(types); err != nil {
		return nil, err
	}
	decoder := protobuf.NewSerializer(types, types)
	object, kind, err := decoder.Decode(body, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", body, err)
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(text, &content)
	return content, err
}

// frames are the events of a watch.
type frames struct {
	body io.ReadCloser
	next func() (any, error)
}

func newFrames(response *http.Response) *frames {
	f := &frames{body: response.Body}
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if media == runtime.ContentTypeProtobuf {
		f.next = func() (any, error) { return nextProtobuf(f.body) }
		return f
	}
	decoder := json.NewDecoder(f.body)
	f.next = func() (event any, err error) {
		err = decoder.Decode(&event)
		return event, err
	}
	return f
}

// nextProtobuf reads a length, and an event of that length whose object has an
// envelope.
func nextProtobuf(from io.Reader) (any, error) {
	var size uint32
	if err := binary.Read(from, binary.BigEndian, &size); err != nil {
		return nil, err
	}
	var frame bytes.Buffer
	if _, err := io.CopyN(&frame, from, int64(size)); err != nil {
		return nil, err
	}
	var event metav1.WatchEvent
	if err := event.Unmarshal(frame.Bytes()); err != nil {
		return nil, err
	}
	object, err := decodeProtobuf(event.Object.Raw)
	return map[string]any{"type": event.Type, "object": object}, err
}
