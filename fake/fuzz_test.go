// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/fake"
)

// Whatever is asked, nothing panics, and the answer is what its content type
// says: objects with a kind, events with such objects, or plain text.
func FuzzServer(f *testing.F) {
	const (
		widgets = "/apis/toys.example.com/v2/namespaces/shop/widgets"
		lamps   = "/apis/toys.example.com/v2/namespaces/shop/lamps"
		robots  = "/apis/toys.example.com/v1/namespaces/shop/robots"
	)
	for _, seed := range [][6]string{
		{"GET", "/apis", "", "", protoType, ""},
		{"GET", "/api/v1", "", "", "", ""},
		{"GET", "/version", "", "", "", ""},
		{"GET", "/healthz", "", "", "", ""},
		{"GET", widgets, "limit=1", "", acceptTable, ""},
		{"GET", lamps, "watch=1&resourceVersion=1&timeoutSeconds=3", "", protoType, ""},
		{"GET", lamps, "watch=1", "", "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", ""},
		{"GET", widgets, "watch=1&resourceVersion=0&allowWatchBookmarks=1", "", acceptTable, ""},
		{"GET", lamps + "/desk", "", "", protoType + ";q=0.5,*/*;q=0.1", ""},
		{"POST", widgets, "dryRun=All", `{"kind":"Widget","apiVersion":"toys.example.com/v2","metadata":{"name":"n"},"size":3}`, "", jsonType},
		{"POST", lamps, "", "k8s\x00\x0a\x00\x12\x02\x0a\x00", protoType, protoType},
		{"POST", robots, "fieldManager=me", `{"kind":"Robot","apiVersion":"toys.example.com/v1","metadata":{"generateName":"r-"},"items":[]}`, "", ""},
		{"PUT", widgets + "/a", "fieldValidation=Strict", `{"metadata":{"name":"a","labels":{"x":"y"}}}`, acceptTable, jsonType},
		{"PATCH", widgets + "/a", "", `{"metadata":{"finalizers":["a/b"]}}`, "", "application/merge-patch+json"},
		{"PATCH", robots + "/a", "", `[{"op":"add","path":"/a/-","value":[]}]`, "", "application/json-patch+json"},
		{"PATCH", widgets + "/a", "fieldManager=me&force=1", "{", "", "application/apply-patch+yaml"},
		{"DELETE", widgets + "/a", "propagationPolicy=Orphan", "", "", ""},
		{"DELETE", widgets, "labelSelector=old", `{"preconditions":{"uid":"x"}}`, "", jsonType},
		{"PUT", widgets + "/a/status", "", "{}", "text/html", "text/html"},
		{"\x00", "//", "%", "\xff", ",;=", ";;"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5])
	}
	f.Fuzz(func(t *testing.T, method, path, query, body, accept, contentType string) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			request := (&http.Request{
				Method: method,
				URL:    &url.URL{Path: path, RawQuery: query},
				Header: http.Header{"Accept": {accept}, "Content-Type": {contentType}},
				Body:   io.NopCloser(strings.NewReader(body)),
			}).WithContext(ctx)
			answer := httptest.NewRecorder()
			server := stockedWith(t, fake.ServerOptions{BodyLimit: 1 << 12})
			server.Handler().ServeHTTP(answer, request)
			if err := wellFormed(answer); err != nil {
				t.Errorf("%q %q?%q: %d %q: %v", method, path, query, answer.Code, answer.Body, err)
			}
		})
	})
}

// wellFormed returns what is wrong with an answer.
func wellFormed(answer *httptest.ResponseRecorder) error {
	body := answer.Body.Bytes()
	switch kind := answer.Header().Get("Content-Type"); kind {
	case jsonType:
		decoder := json.NewDecoder(bytes.NewReader(body))
		for {
			var document json.RawMessage
			if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if err := wellFormedJSON(answer.Code, document); err != nil {
				return err
			}
		}
	case protoType:
		_, err := opened(body)
		return err
	case protoType + ";stream=watch":
		return wellFormedFrames(body)
	case "text/plain; charset=utf-8":
		return nil
	default:
		return fmt.Errorf("unexpected content type %q", kind)
	}
}

func wellFormedJSON(code int, document []byte) error {
	var got struct {
		metav1.TypeMeta
		Type, GitVersion string
		Object           metav1.TypeMeta
		Code             int
	}
	if err := json.Unmarshal(document, &got); err != nil {
		return err
	}
	switch {
	case got.Kind == "Status" && got.Code == code && code >= 400:
	case got.Kind == "Status" && got.Code == 0 && code == 200: // of a delete
	case got.Kind != "" && got.Kind != "Status" && isVersioned(got.APIVersion, got.Kind) && code < 300:
	case got.Type != "" && got.Object.Kind != "" && code == 200:
	case got.GitVersion != "" && code == 200:
	default:
		return fmt.Errorf("neither an object nor an event: %s", document)
	}
	return nil
}

func wellFormedFrames(body []byte) error {
	for len(body) > 0 {
		if len(body) < 4 || uint64(len(body)-4) < uint64(binary.BigEndian.Uint32(body)) {
			return errors.New("a frame is cut")
		}
		size := binary.BigEndian.Uint32(body)
		var event metav1.WatchEvent
		if err := event.Unmarshal(body[4:][:size]); err != nil {
			return err
		}
		if _, err := opened(event.Object.Raw); err != nil {
			return fmt.Errorf("%s: %w", event.Type, err)
		}
		body = body[4+size:]
	}
	return nil
}

// isVersioned demands the version of a kind, except of the oldest documents of
// discovery.
func isVersioned(version, kind string) bool {
	return version != "" || kind == "APIVersions" || kind == "APIResourceList"
}

// opened takes a message out of its envelope.
func opened(body []byte) (message runtime.Unknown, err error) {
	raw, ok := bytes.CutPrefix(body, []byte("k8s\x00"))
	if !ok {
		return message, errors.New("no envelope")
	}
	if err := message.Unmarshal(raw); err != nil {
		return message, err
	}
	if message.Kind == "" || !isVersioned(message.APIVersion, message.Kind) {
		return message, errors.New("the envelope does not say the kind")
	}
	return message, nil
}
