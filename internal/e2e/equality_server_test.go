// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"bytes"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	restwatch "k8s.io/client-go/rest/watch"

	"github.com/typedinformer/typedinformer/listwatch"
)

// encoder is a server with a few objects of one kind, which it sends in the
// encodings of client-go, as an API server does: as a list, and as the events of
// a watch.
type encoder struct {
	t       testing.TB
	kind    schema.GroupVersionKind
	objects []runtime.Object
	bodies  map[string][]byte // by encoding, and whether it is a watch
}

func newEncoder(t testing.TB, kind schema.GroupVersionKind, objects []runtime.Object) *encoder {
	return &encoder{t: t, kind: kind, objects: objects, bodies: map[string][]byte{}}
}

func (e *encoder) resource() schema.GroupVersionResource {
	return e.kind.GroupVersion().WithResource("things")
}

// config is one for the server, which is reached without a socket.
func (e *encoder) config() *rest.Config {
	return &rest.Config{Host: "http://server.test", Transport: e, QPS: -1}
}

// client is one of client-go, for one encoding.
func (e *encoder) client(t testing.TB, format listwatch.Format) *rest.RESTClient {
	config, version := e.config(), e.kind.GroupVersion()
	config.GroupVersion = &version
	config.APIPath = "/apis"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	config.ContentType = runtime.ContentTypeJSON
	if format == listwatch.FormatProtobuf {
		config.ContentType = runtime.ContentTypeProtobuf
	}
	client, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// RoundTrip implements [http.RoundTripper].
func (e *encoder) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

// ServeHTTP answers in the first encoding that is asked for.
func (e *encoder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	first, _, _ := strings.Cut(request.Header.Get("Accept"), ",")
	encoding, _, _ := mime.ParseMediaType(first)
	info, known := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), encoding)
	if !known {
		http.Error(w, "unknown encoding "+encoding, http.StatusNotAcceptable)
		return
	}
	watching := request.URL.Query().Get("watch")
	body, made := e.bodies[encoding+watching]
	if !made {
		if body = e.list(info); watching != "" {
			body = e.watch(info)
		}
		e.bodies[encoding+watching] = body
	}
	w.Header().Set("Content-Type", encoding)
	w.Write(body)
}

func (e *encoder) newList(t testing.TB) runtime.Object {
	list, err := scheme.Scheme.New(e.kind.GroupVersion().WithKind(e.kind.Kind + "List"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (e *encoder) list(info runtime.SerializerInfo) []byte {
	list := e.newList(e.t)
	about, err := meta.ListAccessor(list)
	if err != nil {
		e.t.Fatal(err)
	}
	about.SetResourceVersion("17")
	about.SetContinue("more")
	if err := meta.SetList(list, e.objects); err != nil {
		e.t.Fatal(err)
	}
	var body bytes.Buffer
	if err := e.encode(info).Encode(list, &body); err != nil {
		e.t.Fatal(err)
	}
	return body.Bytes()
}

func (e *encoder) watch(info runtime.SerializerInfo) []byte {
	var body bytes.Buffer
	frames := streaming.NewEncoder(info.StreamSerializer.Framer.NewFrameWriter(&body), info.StreamSerializer.Serializer)
	events := restwatch.NewEncoder(frames, e.encode(info))
	kinds := []watch.EventType{watch.Added, watch.Modified, watch.Deleted}
	for i, object := range e.objects {
		if err := events.Encode(&watch.Event{Type: kinds[i%len(kinds)], Object: object.DeepCopyObject()}); err != nil {
			e.t.Fatal(err)
		}
	}
	return body.Bytes()
}

// encode returns an encoder that writes the kind into each object.
func (e *encoder) encode(info runtime.SerializerInfo) runtime.Encoder {
	return scheme.Codecs.WithoutConversion().EncoderForVersion(info.Serializer, e.kind.GroupVersion())
}
