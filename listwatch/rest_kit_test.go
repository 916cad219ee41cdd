// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Gadget is an API type with the tags that such types have.
type Gadget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              GadgetSpec `json:"spec"`
}

type GadgetSpec struct {
	Size int    `json:"size"`
	Note string `json:"note,omitempty"`
}

func (g *Gadget) DeepCopyObject() runtime.Object {
	return &Gadget{g.TypeMeta, *g.DeepCopy(), g.Spec}
}

// Slim is a struct with what one program wants of a gadget.
type Slim struct {
	listwatch.Meta
	Spec struct{ Size int }
}

var gadgets = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "gadgets"}

// gadgetJSON is an encoded gadget.
func gadgetJSON(name string, version int, spec string) string {
	return fmt.Sprintf(`{"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"namespace":"shop","name":%q,"uid":"uid-%s","resourceVersion":"%d","labels":{"app":"shop"},"managedFields":[{"manager":"kubectl"}]},"spec":%s}`,
		name, name, version, spec)
}

func listJSON(meta string, items ...string) string {
	return fmt.Sprintf(`{"kind":"GadgetList","apiVersion":"example.com/v1","metadata":{%s},"items":[%s]}`, meta, strings.Join(items, ","))
}

func eventJSON(kind, object string) string {
	return fmt.Sprintf("{\"type\":%q,\"object\":%s}\n", kind, object)
}

// answers is a server that gives one answer.
func answers(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	}
}

const asJSON = "application/json"

// inProcess is a config whose requests the handler answers, without a socket. A
// body is read while it is written.
func inProcess(t testing.TB, handler http.HandlerFunc) *rest.Config {
	t.Helper()
	return &rest.Config{Host: "http://api", QPS: -1, Transport: pipes{handler}}
}

type pipes struct{ handler http.HandlerFunc }

func (p pipes) RoundTrip(request *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	w := &pipe{header: http.Header{}, writer: writer, begun: make(chan int, 1)}
	stop := context.AfterFunc(request.Context(), func() { reader.CloseWithError(request.Context().Err()) })
	go func() {
		defer stop()
		p.handler(w, request)
		w.WriteHeader(http.StatusOK)
		writer.Close()
	}()
	select {
	case status := <-w.begun:
		return &http.Response{StatusCode: status, Header: w.header, Body: reader, Request: request}, nil
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

type pipe struct {
	header http.Header
	writer *io.PipeWriter
	begun  chan int
	wrote  bool
}

func (p *pipe) Header() http.Header { return p.header }

func (p *pipe) WriteHeader(status int) {
	if !p.wrote {
		p.wrote = true
		p.begun <- status
	}
}

func (p *pipe) Write(data []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.writer.Write(data)
}

// sourceOf makes a source of a server.
func sourceOf[T any](t testing.TB, handler http.HandlerFunc, options listwatch.RESTOptions) listwatch.ListWatcher[T] {
	t.Helper()
	source, err := listwatch.REST[T](inProcess(t, handler), gadgets, options)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// result is an item of a list with its error.
type result[T any] struct {
	store.Item[T]
	Err error
}

func listWith[T any](t testing.TB, source listwatch.ListWatcher[T], options listwatch.ListOptions) (all []result[T], page listwatch.Page, err error) {
	t.Helper()
	page, err = source.List(t.Context(), options, func(item store.Item[T], err error) {
		all = append(all, result[T]{item, err})
	})
	return all, page, err
}

// followed is an event of a watch with its error.
type followed[T any] struct {
	listwatch.Event[T]
	Err error
}

func follow[T any](ctx context.Context, source listwatch.ListWatcher[T], options listwatch.WatchOptions) (all []followed[T]) {
	for event, err := range source.Watch(ctx, options) {
		all = append(all, followed[T]{event, err})
	}
	return all
}

// itemErrorOf is the ItemError in err.
func itemErrorOf(t testing.TB, err error) *listwatch.ItemError {
	t.Helper()
	var item *listwatch.ItemError
	if !errors.As(err, &item) {
		t.Fatalf("error = %v, want an ItemError", err)
	}
	return item
}
