// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	jsonType  = "application/json"
	protoType = "application/vnd.kubernetes.protobuf"
)

// answered is what an answer is: code, content type and kind.
func answered(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	kind := metav1.TypeMeta{}
	body := answer.Body.String()
	if strings.HasPrefix(body, "k8s") {
		message, err := opened([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		kind = metav1.TypeMeta{Kind: message.Kind, APIVersion: message.APIVersion}
	} else if err := json.Unmarshal([]byte(body), &kind); err != nil {
		t.Fatal(err)
	}
	return answer.Result().Status + ", " + answer.Header().Get("Content-Type") + ", " + kind.APIVersion + " " + kind.Kind
}

func TestAccept(t *testing.T) {
	const (
		list, object  = "/apis/toys.example.com/v2/lamps", "/apis/toys.example.com/v2/namespaces/shop/lamps/desk"
		jsonOnlyList  = "/apis/toys.example.com/v2/widgets"
		table         = ";as=Table;g=meta.k8s.io;v=v1"
		partial       = ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
		partialList   = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
		inJSON        = "200 OK, application/json, toys.example.com/v2 "
		inProto       = "200 OK, application/vnd.kubernetes.protobuf, toys.example.com/v2 "
		metaJSON      = "200 OK, application/json, meta.k8s.io/v1 "
		metaProto     = "200 OK, application/vnd.kubernetes.protobuf, meta.k8s.io/v1 "
		notAcceptable = "406 Not Acceptable, application/json, v1 Status"
	)
	tests := []struct{ path, accept, want string }{
		{list, "", inJSON + "LampList"},
		{list, jsonType, inJSON + "LampList"},
		{list, jsonType + "; charset=utf-8", inJSON + "LampList"},
		{list, protoType, inProto + "LampList"},
		{object, protoType, inProto + "Lamp"},
		{list, protoType + "," + jsonType, inProto + "LampList"},
		{list, jsonType + "," + protoType, inJSON + "LampList"},
		{list, jsonType + ";q=0.5," + protoType, inProto + "LampList"},
		{list, protoType + ";q=0," + jsonType + ";q=0.1", inJSON + "LampList"},
		{list, protoType + ";q=0", notAcceptable},
		{jsonOnlyList, jsonType + ";q=0", notAcceptable},
		{list, "*/*," + protoType, inProto + "LampList"},
		{list, "application/*", notAcceptable},
		{list, "application/*,*/*;q=0.1", inJSON + "LampList"},
		{jsonOnlyList, "application/*", inJSON + "WidgetList"},
		{list, "text/html, */*;q=0.8", inJSON + "LampList"},
		{list, "application/json;stream=watch", inJSON + "LampList"},
		{list, "?;,=,application/json", inJSON + "LampList"},
		{list, "text/html", notAcceptable},
		{list, "application/yaml", notAcceptable},
		{jsonOnlyList, protoType + "," + jsonType, inJSON + "WidgetList"},
		{list, jsonType + table, metaJSON + "Table"},
		{object, jsonType + table, metaJSON + "Table"},
		{list, protoType + table + "," + jsonType, inJSON + "LampList"},
		{list, jsonType + ";as=Table;g=meta.k8s.io;v=v1beta1," + jsonType, inJSON + "LampList"},
		{list, jsonType + ";as=Table;g=meta.k8s.io;v=v1beta1", notAcceptable},
		{list, jsonType + partialList, metaJSON + "PartialObjectMetadataList"},
		{jsonOnlyList, protoType + partialList, metaProto + "PartialObjectMetadataList"},
		{object, jsonType + partial, metaJSON + "PartialObjectMetadata"},
		{object, protoType + partial, metaProto + "PartialObjectMetadata"},
		{object, jsonType + partialList, notAcceptable},
		{list, jsonType + partial, notAcceptable},
		// An error comes in the encoding that was asked for, whatever as.
		{jsonOnlyList, protoType, "406 Not Acceptable, application/vnd.kubernetes.protobuf, v1 Status"},
		{object + "s", protoType + "," + jsonType, "404 Not Found, application/vnd.kubernetes.protobuf, v1 Status"},
		{object + "s", protoType + partial + "," + jsonType, "404 Not Found, application/json, v1 Status"},
		{object + "s", "text/html", notAcceptable},
	}
	handler := stocked(t).Handler()
	for _, test := range tests {
		got := answered(t, ask(handler, "GET", test.path, "", "Accept", test.accept))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("GET %s, Accept %q (-want +got):\n%s", test.path, test.accept, diff)
		}
	}
}

func TestNotAcceptableNamesWhatIsOffered(t *testing.T) {
	handler := stocked(t).Handler()
	var status metav1.Status
	answer := ask(handler, "GET", "/apis/toys.example.com/v2/lamps", "", "Accept", "text/html")
	if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil {
		t.Fatal(err)
	}
	want := "only the following media types are accepted: " + jsonType + ", " + protoType
	if status.Message != want || status.Reason != metav1.StatusReasonNotAcceptable || status.Code != 406 {
		t.Errorf("%+v, want the message %q", status, want)
	}
}
