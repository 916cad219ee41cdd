// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"encoding/json"
	"errors"
	"net/http"
	"syscall"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// request is what the log and the script see of a call.
func (c call) request() Request {
	list, watch := c.listOptions(), c.watchOptions()
	return Request{
		Verb: c.verb, Resource: c.resource, Subresource: c.subresource,
		Namespace: c.key.Namespace, Name: c.key.Name,
		Version: list.Version, VersionMatch: list.VersionMatch, Limit: list.Limit, Continue: list.Continue,
		InitialEvents: isTrue(c.options.SendInitialEvents), Bookmarks: watch.Bookmarks, Timeout: watch.Timeout,
		LabelSelector: c.options.LabelSelector, FieldSelector: c.options.FieldSelector,
	}
}

func isTrue(option *bool) bool { return option != nil && *option }

// refuser is an answer whose connection can be refused: that of the transport in
// process.
type refuser interface{ refuse(err error) }

// refuse ends a call as if nobody had taken the connection. On a socket it is too
// late for that; a connection that closes without an answer comes nearest.
func refuse(w http.ResponseWriter, err error) {
	if connection, ok := w.(refuser); ok {
		connection.refuse(err)
		return
	}
	cut()
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// cut closes the connection in the middle of an answer. It does not return:
// net/http has no other way.
func cut() { panic(http.ErrAbortHandler) }

// half writes the first half of what is there, and cuts the connection.
func half(w http.ResponseWriter, body []byte) {
	_, _ = w.Write(body[:len(body)/2]) // whether it arrives makes no difference
	_ = http.NewResponseController(w).Flush()
	cut()
}

// halved is an answer that breaks off in the middle of its body.
type halved struct{ http.ResponseWriter }

func (h halved) Write(body []byte) (int, error) {
	half(h.ResponseWriter, body)
	return len(body), nil
}

// faultyFormat spoils items of a list: the parts of it are encoded one by one.
type faultyFormat struct {
	format
	fault *Fault
	items int
}

func (f *faultyFormat) item(object runtime.Object) ([]byte, error) {
	f.items++
	if what := f.fault.ofObject(f.items); what != sound {
		return spoiltBody(f.format, object, what)
	}
	return f.format.item(object)
}

// spoiltObject is what an event carries in the place of an object.
func spoiltObject(f form, object Object, what defect) ([]byte, error) {
	kind := f.gvk
	if what == wrongKind {
		kind = statusKind
	}
	body, err := spoiltBody(f.format, object, what)
	if err != nil {
		return nil, err
	}
	if _, isProtobuf := f.format.(protobufFormat); isProtobuf {
		return enclose(kind, body)
	}
	return body, nil
}

// spoiltBody is an object that clients cannot decode, or one of another kind. Of
// a broken one the name and the version can still be read in JSON; in protobuf
// nothing can.
func spoiltBody(f format, object runtime.Object, what defect) ([]byte, error) {
	if what == wrongKind {
		return f.item(&metav1.Status{TypeMeta: typeOf(statusKind), Status: metav1.StatusFailure, Message: "an object of another kind"})
	}
	if _, isProtobuf := f.(protobufFormat); isProtobuf {
		return []byte{1<<3 | 2, 5}, nil // a field of five bytes, and none of them
	}
	named, ok := object.(metav1.Object) // whatever is stored is one
	if !ok {
		return nil, errBroken
	}
	return json.Marshal(map[string]any{"metadata": map[string]any{
		"namespace": named.GetNamespace(), "name": named.GetName(), "resourceVersion": named.GetResourceVersion(),
		"labels": "broken: a text where a map belongs",
	}})
}
