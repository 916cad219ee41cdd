// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/fake"
)

// inEnvelope is a message of protobuf as it is sent.
func inEnvelope(t *testing.T, apiVersion, kind string, raw []byte) string {
	t.Helper()
	unknown := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: apiVersion, Kind: kind}, Raw: raw}
	content, err := unknown.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return "k8s\x00" + string(content)
}

// What is wrong with a write is found before anything is written.
func TestRefusedWrites(t *testing.T) {
	const (
		widgets = "/apis/toys.example.com/v2/namespaces/shop/widgets"
		lamps   = "/apis/toys.example.com/v2/namespaces/shop/lamps"
		robots  = "/apis/toys.example.com/v1/namespaces/shop/robots"
		patches = "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"
		merge   = "application/merge-patch+json"
	)
	tests := []struct {
		method, path, contentType, body string
		code                            int
		message                         string // part of it
	}{
		{"POST", widgets, jsonType, "", 400, "must be of type Widget"},
		{"POST", widgets, jsonType, "{", 400, "must be of type Widget"},
		{"POST", widgets, jsonType, `[]`, 400, "must be of type Widget"},
		{"POST", widgets, jsonType, `{"size":"big"}`, 400, "must be of type Widget"},
		{"POST", widgets, jsonType, `{"kind":7}`, 400, "must be of type Widget"},
		{"POST", widgets, jsonType, `{"kind":"Robot","apiVersion":"toys.example.com/v2"}`, 400, `Robot in version "toys.example.com/v2" cannot be handled as a Widget`},
		{"POST", widgets, jsonType, `{"kind":"Widget","apiVersion":"v1"}`, 400, "the API version in the data (v1) does not match the expected API version (toys.example.com/v2)"},
		{"PUT", widgets + "/a", jsonType, `{"kind":"Widget","apiVersion":"v1"}`, 400, "does not match the expected API version"},
		{"POST", robots, jsonType, `{}`, 400, "Object 'Kind' is missing"},
		{"POST", robots, jsonType, `null`, 400, "Object 'Kind' is missing"},
		{"POST", robots, jsonType, `{"kind":"Robot"}`, 400, "the API version in the data () does not match the expected API version (toys.example.com/v1)"},
		{"POST", widgets, "text/plain", "{}", 415, "accepted media types include: application/json"},
		{"POST", widgets, "application/yaml", "{}", 415, "accepted media types include: application/json"},
		{"POST", widgets, protoType, "", 415, "accepted media types include: application/json"},
		{"POST", widgets, ";", "{}", 415, "accepted media types include: application/json"},
		{"POST", lamps, "text/plain", "{}", 415, jsonType + ", " + protoType},
		{"POST", lamps, protoType, "{}", 400, "must be of type Lamp"},
		{"POST", lamps, protoType, "k8s\x00\xff", 400, "must be of type Lamp"},
		{"POST", lamps, protoType, inEnvelope(t, "toys.example.com/v2", "Lamp", []byte("\xff")), 400, "must be of type Lamp"},
		{"POST", lamps, protoType, inEnvelope(t, "toys.example.com/v2", "Widget", nil), 400, "cannot be handled as a Lamp"},
		{"PATCH", widgets + "/a", "", "{}", 415, patches},
		{"PATCH", widgets + "/a", jsonType, "{}", 415, patches},
		{"PATCH", widgets + "/a?force=true", merge, "{}", 422, "force"},
		{"PATCH", widgets + "/a", "application/apply-patch+yaml", "{}", 422, "fieldManager"},
		{"POST", widgets + "?dryRun=Some", jsonType, "{}", 422, "dryRun"},
		{"PUT", widgets + "/a?fieldValidation=Some", jsonType, "{}", 422, "fieldValidation"},
		{"PATCH", widgets + "/a?dryRun=Some", merge, "{}", 422, "dryRun"},
		{"DELETE", widgets + "/a?dryRun=Some", "", "", 422, "dryRun"},
		{"DELETE", widgets + "/a?propagationPolicy=Some", "", "", 422, "propagationPolicy"},
		{"DELETE", widgets + "/a?gracePeriodSeconds=some", "", "", 400, "the query cannot be read"},
		{"DELETE", widgets + "/a", jsonType, `{"dryRun":["Some"]}`, 422, "dryRun"},
		{"DELETE", widgets + "/a", jsonType, `{"kind":"Widget"}`, 400, "must be DeleteOptions, not Widget"},
		{"DELETE", widgets + "/a", jsonType, `{"gracePeriodSeconds":"x"}`, 400, "must be of type DeleteOptions"},
		{"DELETE", widgets + "/a", "text/plain", `{}`, 415, jsonType + ", " + protoType},
		{"DELETE", widgets + "?labelSelector=a+in", "", "", 400, "labelSelector"},
		{"DELETE", widgets + "?resourceVersionMatch=Exact", "", "", 422, "resourceVersionMatch"},
		{"DELETE", widgets + "?limit=x", "", "", 400, "the query cannot be read"},
		{"DELETE", widgets, jsonType, "[", 400, "must be of type DeleteOptions"},
	}
	server := stocked(t)
	for _, test := range tests {
		answer := ask(server.Handler(), test.method, test.path, test.body, "Content-Type", test.contentType)
		var status metav1.Status
		if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil {
			t.Fatal(err)
		}
		if answer.Code != test.code || int(status.Code) != test.code || !strings.Contains(status.Message, test.message) {
			t.Errorf("%s %s %q %q: %d %s; want %d %s", test.method, test.path, test.contentType, test.body, answer.Code, answer.Body, test.code, test.message)
		}
	}
	if got := sourceFrom[*Widget](t, server, toys).Version(); got != "4" {
		t.Errorf("version %s, want 4: something was written", got)
	}
}

func TestBodyLimit(t *testing.T) {
	tooLarge := func(limit int64, size int) string {
		t.Helper()
		handler := stockedWith(t, fake.ServerOptions{BodyLimit: limit}).Handler()
		// Spaces are no JSON: a body within the limit is a bad request.
		answer := ask(handler, "POST", "/apis/toys.example.com/v2/namespaces/shop/widgets", strings.Repeat(" ", size))
		var status metav1.Status
		if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil {
			t.Fatal(err)
		}
		if answer.Code == http.StatusBadRequest {
			return ""
		}
		return status.Message
	}
	const tooLargeFor = "Request entity too large: limit is "
	for _, test := range []struct {
		limit int64
		size  int
		want  string
	}{
		{0, 3 << 20, ""},
		{0, 3<<20 + 1, tooLargeFor + "3145728"},
		{10, 10, ""},
		{10, 11, tooLargeFor + "10"},
		{4 << 20, 3<<20 + 1, ""},
		{-1, 3<<20 + 1, tooLargeFor + "3145728"},
	} {
		if got := tooLarge(test.limit, test.size); got != test.want {
			t.Errorf("limit %d, %d bytes: %q, want %q", test.limit, test.size, got, test.want)
		}
	}
}

// endless is a body that is never over.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestEndlessBody(t *testing.T) {
	body := new(endless)
	request := httptest.NewRequest("POST", "http://server/apis/toys.example.com/v2/namespaces/shop/widgets", body)
	answer := httptest.NewRecorder()
	toybox().Handler().ServeHTTP(answer, request)
	if answer.Code != http.StatusRequestEntityTooLarge || body.read > 4<<20 {
		t.Errorf("%d after %d bytes were read, want 413 soon after 3 MiB", answer.Code, body.read)
	}
}
