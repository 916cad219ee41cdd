// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Each message names what was asked of whom, what came back, and the likely fix.
func TestRESTErrorsSayWhatToDo(t *testing.T) {
	status := func(code int, reason, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", asJSON)
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
		}
	}
	page := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(code)
			fmt.Fprintf(w, "<html>\x01<title>Sign in</title>%s</html>", strings.Repeat(" ", 4096))
		}
	}
	for name, test := range map[string]struct {
		config *rest.Config
		is     func(error) bool
		want   []string
	}{
		"401": {inProcess(t, status(401, "Unauthorized", "Unauthorized")), apierrors.IsUnauthorized,
			[]string{"401 Unauthorized", "token or client certificate in the config is missing, wrong or expired"}},
		"403": {inProcess(t, status(403, "Forbidden", `gadgets is forbidden: User "bob" cannot list`)), apierrors.IsForbidden,
			[]string{"403 Forbidden", `User "bob" cannot list`, "allow the verbs list and watch on gadgets.example.com to this user"}},
		"unknown resource": {inProcess(t, status(404, "NotFound", "the server could not find the requested resource")), apierrors.IsNotFound,
			[]string{"404 Not Found", "no gadgets in example.com/v1", "CustomResourceDefinition"}},
		"unknown path": {inProcess(t, http.NotFound), apierrors.IsNotFound,
			[]string{"404 Not Found", "404 page not found", "no gadgets in example.com/v1"}},
		"a web page": {inProcess(t, page(200)), nil,
			[]string{`of type "text/html"`, `"<html>\x01<title>Sign in</title>`, "not an API server, but a proxy"}},
		"a web page with an error": {inProcess(t, page(502)), nil,
			[]string{"502 Bad Gateway", `"<html>\x01<title>Sign in</title>`, "not an API server, but a proxy"}},
		"a web page that says it is JSON": {inProcess(t, answers(asJSON, "<html>")), nil,
			[]string{`want a list, which is a JSON object, got "<html>"`, "not an API server, but a proxy"}},
		"nothing": {inProcess(t, answers(asJSON, "")), nil,
			[]string{"unexpected EOF"}},
		"a list that breaks off": {inProcess(t, answers(asJSON, `{"items":[`)), nil,
			[]string{"read the answer: unexpected EOF"}},
		"wrong host": {&rest.Config{Host: "http://" + closedPort(t)}, nil,
			[]string{"connection refused", "look at host and port in the config, and whether the server runs"}},
		"expired certificate": {expired(t), nil,
			[]string{"certificate has expired", "renew the certificate, or look at the clock"}},
		"unknown authority": {unknownAuthority(t), nil,
			[]string{"certificate signed by unknown authority", "CAFile or CAData"}},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := listwatch.REST[*Gadget](test.config, gadgets, listwatch.RESTOptions{})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = listWith(t, source, listwatch.ListOptions{})
			var request *listwatch.RequestError
			if !errors.As(err, &request) || request.Verb != "list" || request.Resource != gadgets || test.is != nil && !test.is(err) {
				t.Fatalf("error = %#v", err)
			}
			for _, want := range append(test.want, "list gadgets.example.com at "+request.URL, "/apis/example.com/v1/gadgets") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwant %q in it", err, want)
				}
			}
			if text := err.Error(); strings.ContainsAny(text, "\x01\n") || len(text) > 1_000 {
				t.Errorf("%q is not fit to be read", text)
			}
			for _, watched := range follow(t.Context(), source, listwatch.WatchOptions{}) {
				if watched.Err != nil && !strings.Contains(watched.Err.Error(), "watch gadgets.example.com at ") {
					t.Errorf("%v does not say what was asked", watched.Err)
				}
			}
		})
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// expired is a config of a server whose certificate was good for an hour, once.
func expired(t *testing.T) *rest.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(3_600, 0), IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	start(t, server)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	return &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca}}
}

func unknownAuthority(t *testing.T) *rest.Config {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	start(t, server)
	return &rest.Config{Host: server.URL}
}

func start(t *testing.T, server *httptest.Server) {
	t.Helper()
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail
	server.StartTLS()
	t.Cleanup(server.Close)
}

// A server that sends what was not asked for does no harm.
func TestRESTInAFormatThatWasNotAskedFor(t *testing.T) {
	list := metav1.PartialObjectMetadataList{Items: []metav1.PartialObjectMetadata{{ObjectMeta: metav1.ObjectMeta{Name: "a"}}}}
	message, err := list.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "GadgetList"}, Raw: message}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := listWith(t, sourceOf[Slim](t, answers(runtime.ContentTypeProtobuf, "k8s\x00"+string(wrapped)), listwatch.RESTOptions{}), listwatch.ListOptions{})
	if err != nil || len(got) != 1 || !strings.Contains(itemErrorOf(t, got[0].Err).Error(), "protobuf, which was not asked for") || got[0].Key.Name != "a" {
		t.Errorf("%v, %v", got, err)
	}
}

// What can never work is told when the source is made.
func TestRESTRefusesWhatCanNeverWork(t *testing.T) {
	type NoMetadata struct{ Spec struct{ Size int } }
	type Inlined struct {
		metav1.ObjectMeta // without a tag its fields are looked for beside spec
	}
	config := &rest.Config{Host: "http://api"}
	make := func(_ any, err error) error { return err }
	for want, err := range map[string]error{
		"NoMetadata has no metadata; embed listwatch.Meta":                make(listwatch.REST[NoMetadata](config, gadgets, listwatch.RESTOptions{})),
		"Inlined has no metadata; embed listwatch.Meta":                   make(listwatch.REST[*Inlined](config, gadgets, listwatch.RESTOptions{})),
		"want *listwatch_test.Gadget":                                     make(listwatch.REST[Gadget](config, gadgets, listwatch.RESTOptions{})),
		"of type string; want a struct":                                   make(listwatch.REST[string](config, gadgets, listwatch.RESTOptions{})),
		"the config is nil":                                               make(listwatch.REST[Slim](nil, gadgets, listwatch.RESTOptions{})),
		"the resource needs a name and a version":                         make(listwatch.REST[Slim](config, schema.GroupVersionResource{Resource: "gadgets"}, listwatch.RESTOptions{})),
		`Options.LabelSelector "=="`:                                      make(listwatch.REST[Slim](config, gadgets, listwatch.RESTOptions{LabelSelector: "=="})),
		"there is no shard 2 of 2":                                        make(listwatch.REST[Slim](config, gadgets, listwatch.RESTOptions{Shard: listwatch.Shard{Index: 2, Of: 2}})),
		"there is no shard 0 of -1":                                       make(listwatch.REST[Slim](config, gadgets, listwatch.RESTOptions{Shard: listwatch.Shard{Of: -1}})),
		"FormatProtobuf, and listwatch_test.Slim has none":                make(listwatch.REST[Slim](config, gadgets, listwatch.RESTOptions{Format: listwatch.FormatProtobuf})),
		"the mapper is nil":                                               make(listwatch.ForKind[Slim](config, nil, gadgets.GroupVersion().WithKind("Gadget"), listwatch.RESTOptions{})),
		"listwatch: REST of gadgets.example.com: make a client of the co": make(listwatch.REST[Slim](&rest.Config{Host: "http://%"}, gadgets, listwatch.RESTOptions{})),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q in it", err, want)
		}
	}
}
