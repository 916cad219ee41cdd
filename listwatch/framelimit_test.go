// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
)

var toys = schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "toys"}

const mediaJSON, mediaProtobuf = runtime.ContentTypeJSON, runtime.ContentTypeProtobuf

// answer is a transport that answers each request in the same way.
type answer struct {
	status      int
	contentType string
	body        string
	endless     byte         // follows the body without end, if it is not zero
	read        atomic.Int64 // bytes of bodies
}

func (a *answer) RoundTrip(request *http.Request) (*http.Response, error) {
	body := io.Reader(strings.NewReader(a.body))
	if a.endless != 0 {
		body = io.MultiReader(body, repeat(a.endless))
	}
	header := http.Header{}
	if a.contentType != "" {
		header.Set("Content-Type", a.contentType)
	}
	return &http.Response{
		StatusCode: a.status,
		Header:     header,
		Body:       &counted{body, &a.read},
		Request:    request,
	}, nil
}

type repeat byte

func (b repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

type counted struct {
	io.Reader
	bytes *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (*counted) Close() error { return nil }

// configOf is a config for clients that talk to the transport, as fast as they can.
func configOf(transport http.RoundTripper) *rest.Config {
	return &rest.Config{Host: "http://server", Transport: transport, QPS: -1}
}

// dynamicSource and metadataSource read through clients of client-go; the second
// takes protobuf.
func dynamicSource(t testing.TB, config *rest.Config) listwatch.ListWatcher[*unstructured.Unstructured] {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys).Namespace("shop"))
}

func metadataSource(t testing.TB, config *rest.Config) listwatch.ListWatcher[*metav1.PartialObjectMetadata] {
	client, err := metadata.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return listwatch.FromClient[*metav1.PartialObjectMetadata](client.Resource(toys).Namespace("shop"))
}

// toyJSON is the event of an object in JSON, with a field as long as asked for.
func toyJSON(name string, length int) string {
	return fmt.Sprintf(`{"type":"ADDED","object":{"apiVersion":"toys.example.com/v1","kind":"Toy","metadata":{"namespace":"shop","name":%q},"text":%q}}`+"\n",
		name, strings.Repeat("x", length))
}

// toyProtobuf is the same in protobuf, as metadata.
func toyProtobuf(t testing.TB, name string, length int) string {
	object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: name, Annotations: map[string]string{"text": strings.Repeat("x", length)},
	}}
	object.SetGroupVersionKind(metav1.SchemeGroupVersion.WithKind("PartialObjectMetadata"))
	var raw bytes.Buffer
	if err := protobuf.NewSerializer(nil, nil).Encode(object, &raw); err != nil {
		t.Fatal(err)
	}
	event := metav1.WatchEvent{Type: "ADDED", Object: runtime.RawExtension{Raw: raw.Bytes()}}
	frame, err := event.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(frame)))) + string(frame)
}

// names reads a watch and returns the names of its events and the last error.
func names[T any](t testing.TB, source listwatch.ListWatcher[T]) (all []string, last error) {
	for event, err := range source.Watch(t.Context(), listwatch.WatchOptions{}) {
		if err != nil {
			last = err
			continue
		}
		all = append(all, event.Item.Key.Name)
	}
	return all, last
}

func TestLimitReadsOfAWatch(t *testing.T) {
	json := toyJSON("a", 10) + toyJSON("b", 10)
	proto := toyProtobuf(t, "a", 10) + toyProtobuf(t, "b", 10)
	tooLong := toyProtobuf(t, "c", 5000)
	tests := []struct {
		name   string
		server *answer
		err    string // part of it
	}{
		{
			name:   "JSON",
			server: &answer{status: 200, contentType: mediaJSON, body: json + toyJSON("c", 5000) + toyJSON("d", 10)},
			err:    fmt.Sprintf("a JSON frame, at byte %d of the answer, is longer than the limit of 4096 bytes; raise Limits.Frame if", len(json)-1),
		},
		{
			name:   "JSON without end",
			server: &answer{status: 200, contentType: mediaJSON + ";stream=watch", body: json + `{"`, endless: 'x'},
			err:    "a JSON frame",
		},
		{
			name:   "no JSON and without end",
			server: &answer{status: 200, body: json, endless: ' '},
			err:    "a JSON frame",
		},
		{
			name:   "protobuf",
			server: &answer{status: 200, contentType: mediaProtobuf + ";stream=watch", body: proto + tooLong},
			err:    fmt.Sprintf("a protobuf frame of %d bytes, at byte %d of the answer, is longer than the limit of 4096 bytes; raise", len(tooLong)-4, len(proto)),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which sees to it that nothing goes on
				config := listwatch.LimitReads(configOf(test.server), listwatch.Limits{Frame: 4096})
				var got []string
				var err error
				if strings.HasPrefix(test.server.contentType, mediaProtobuf) {
					got, err = names(t, metadataSource(t, config))
				} else {
					got, err = names(t, dynamicSource(t, config))
				}
				if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
					t.Errorf("events before the frame (-want +got):\n%s", diff)
				}
				var exceeded *listwatch.LimitError
				if !errors.As(err, &exceeded) || exceeded.Limit != 4096 || !apierrors.IsInternalError(err) || !strings.Contains(text(err), "GET /apis/toys.example.com/v1/namespaces/shop/toys: "+test.err) {
					t.Errorf("error = %v\nwant one with %q", err, test.err)
				}
				if read := test.server.read.Load(); read > 32<<10 {
					t.Errorf("%d bytes were read; want hardly more than the limit", read)
				}
			})
		})
	}
}

// The error in place of a watch is read as a whole by client-go.
func TestLimitReadsOfAnErrorInPlaceOfAWatch(t *testing.T) {
	server := &answer{status: 403, contentType: mediaJSON, body: `{"message":"`, endless: 'x'}
	source := dynamicSource(t, listwatch.LimitReads(configOf(server), listwatch.Limits{Frame: 4096}))
	_, err := names(t, source)
	var exceeded *listwatch.LimitError
	if !errors.As(err, &exceeded) || exceeded.What != "body" || exceeded.Field != "Frame" {
		t.Errorf("error = %v; want that of the limit", err)
	}
}

func TestLimitReadsOfAList(t *testing.T) {
	object := `{"apiVersion":"toys.example.com/v1","kind":"Toy","metadata":{"namespace":"shop","name":"a"}}`
	list := `{"apiVersion":"toys.example.com/v1","kind":"ToyList","metadata":{"resourceVersion":"7"},"items":[` + object + "," + object + `]}`
	server := &answer{status: 200, contentType: mediaJSON, body: list}
	for limit, want := range map[int64]*listwatch.LimitError{
		0:                    nil,
		int64(len(list)):     nil,
		int64(len(list)) - 1: {Request: "GET /apis/toys.example.com/v1/namespaces/shop/toys", What: "body", Limit: int64(len(list)) - 1, Field: "Body"},
	} {
		items, _, err := listAll(t.Context(), dynamicSource(t, listwatch.LimitReads(configOf(server), listwatch.Limits{Body: limit})))
		var got *listwatch.LimitError
		if errors.As(err, &got); err != nil && got == nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d: error (-want +got):\n%s", limit, diff)
		}
		if want == nil && len(items) != 2 {
			t.Errorf("limit %d: %d items, want 2", limit, len(items))
		}
	}
}

// Which limit an answer gets.
func TestLimitReadsOfAnyAnswer(t *testing.T) {
	const limit = 100
	both := listwatch.Limits{Frame: limit, Body: 2 * limit}
	json := &listwatch.LimitError{Request: "GET /toys", What: "JSON frame", Limit: limit, Field: "Frame"}
	proto := &listwatch.LimitError{Request: "GET /toys", What: "protobuf frame", Length: 0x7b7b7b7b, Limit: limit, Field: "Frame"}
	refusal := &listwatch.LimitError{Request: "GET /toys", What: "body", Limit: limit, Field: "Frame"}
	body := &listwatch.LimitError{Request: "GET /toys", What: "body", Limit: 2 * limit, Field: "Body"}
	tests := []struct {
		query, contentType string
		status             int
		limits             listwatch.Limits
		want               *listwatch.LimitError
	}{
		{"watch=true", mediaJSON, 200, both, json},
		{"watch=1", mediaJSON, 200, both, json},
		{"a=b&watch", mediaJSON + "; stream=watch; charset=utf-8", 200, both, json},
		{"watch=true", "", 200, both, json},
		{"watch=true", "application/", 200, both, json},
		{"watch=true", "application/json; =", 200, both, json},
		{"watch=true", "text/plain", 200, both, json},
		{"watch=true", mediaProtobuf + ";stream=watch", 200, both, proto},
		{"watch=true", "Application/Vnd.Kubernetes.Protobuf", 200, both, proto},
		{"watch=true", runtime.ContentTypeCBOR, 200, both, nil},
		{"watch=true", runtime.ContentTypeCBORSequence, 200, both, nil},
		{"watch=true", runtime.ContentTypeCBOR, 403, both, refusal},
		{"watch=true", mediaJSON, 429, both, refusal},
		{"watch=true", mediaJSON, 101, both, refusal},
		{"", mediaJSON, 101, both, body},
		{"", mediaJSON, 200, both, body},
		{"", mediaProtobuf, 200, both, body},
		{"", "text/plain", 200, both, body},
		{"", mediaJSON, 403, both, body},
		{"watch=0", mediaJSON, 200, both, body},
		{"watch=False", mediaJSON, 200, both, body},
		{"", mediaJSON, 200, listwatch.Limits{Frame: limit}, nil},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.status, test.query, test.contentType), func(t *testing.T) {
			server := &answer{status: test.status, contentType: test.contentType, body: strings.Repeat("{", 10*limit)}
			transport, err := rest.TransportFor(listwatch.LimitReads(configOf(server), test.limits))
			if err != nil {
				t.Fatal(err)
			}
			response, err := transport.RoundTrip(newRequest(t, test.query))
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.ReadAll(response.Body)
			var got *listwatch.LimitError
			if errors.As(err, &got); err != nil && got == nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLimitReadsDefault(t *testing.T) {
	const most = 16 << 20
	for _, frame := range []int64{0, -1, most, most + 1} {
		server := &answer{status: 200, contentType: mediaJSON, endless: '['}
		transport, err := rest.TransportFor(listwatch.LimitReads(configOf(server), listwatch.Limits{Frame: frame}))
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(newRequest(t, "watch=true"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, response.Body)
		const want = "listwatch: GET /toys: a JSON frame, at byte 0 of the answer, is longer than the limit of 16777216 bytes; " +
			"no higher limit is possible, so make the object smaller, or leave it out by a selector"
		if n != most || text(err) != want {
			t.Errorf("Frame %d: %d bytes, %v; want 16 MiB and: %s", frame, n, err, want)
		}
	}
}

func newRequest(t *testing.T, query string) *http.Request {
	request, err := http.NewRequestWithContext(t.Context(), "GET", "http://server/toys?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestLimitErrorTextOfABody(t *testing.T) {
	err := &listwatch.LimitError{Request: "GET /toys", What: "body", Limit: 10, Field: "Body"}
	const want = "listwatch: GET /toys: a body, at byte 0 of the answer, is longer than the limit of 10 bytes; raise Limits.Body, or list in smaller pages"
	if err.Error() != want {
		t.Errorf("text = %s\nwant %s", err, want)
	}
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// What is not the limits' business is left as it is.
func TestLimitReadsLeavesTheRestAlone(t *testing.T) {
	broken := errors.New("broken")
	closed := 0
	next := roundTrip(func(request *http.Request) (*http.Response, error) {
		switch request.URL.RawQuery {
		case "fails":
			return nil, broken
		case "nothing":
			return &http.Response{StatusCode: 200}, nil
		case "upgrade":
			return &http.Response{StatusCode: 101, Body: closer{repeat('x'), &closed}}, nil
		}
		body := io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken))
		return &http.Response{StatusCode: 200, Body: closer{body, &closed}}, nil
	})
	config := configOf(next)
	limited := listwatch.LimitReads(config, listwatch.Limits{Frame: 10, Body: 10})
	if config.WrapTransport != nil {
		t.Error("the config given was changed")
	}
	transport := limited.WrapTransport(next)
	if wrapper, ok := transport.(net.RoundTripperWrapper); !ok {
		t.Errorf("%T hides the transport below", transport)
	} else if below, ok := wrapper.WrappedRoundTripper().(roundTrip); !ok {
		t.Errorf("the transport below is said to be %T", below)
	}
	if _, err := transport.RoundTrip(newRequest(t, "fails")); err != broken {
		t.Errorf("error = %v, want that of the transport", err)
	}
	if response, err := transport.RoundTrip(newRequest(t, "nothing")); err != nil || response.Body != nil {
		t.Errorf("response %+v, %v; want none with a body", response, err)
	}
	upgrade := newRequest(t, "upgrade")
	upgrade.Header.Set("Upgrade", "websocket")
	response, err := transport.RoundTrip(upgrade)
	if err != nil {
		t.Fatal(err)
	}
	if _, same := response.Body.(closer); !same {
		t.Errorf("after a change of protocol the body is %T; want that of the transport", response.Body)
	}
	response, err = transport.RoundTrip(newRequest(t, "watch=true"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(response.Body); string(got) != "{" || err != broken {
		t.Errorf("read %q, %v; want all and the error of the body", got, err)
	}
	if err := response.Body.Close(); err != nil || closed != 1 {
		t.Errorf("closed %d times, %v; want once", closed, err)
	}
}

type closer struct {
	io.Reader
	closed *int
}

func (c closer) Close() error { *c.closed++; return nil }
