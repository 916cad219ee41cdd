// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// fuzzLimit is small, so that the fuzzer comes to it; slack is what decoders ask
// for ahead of what they need, in bytes.
const fuzzLimit, slack = 2 << 10, 32 << 10

// FuzzWatchStream lets client-go's clients watch any bytes, which may be followed
// by one byte without end. Each event must be sound or come with an error, and
// the watch must end, without having read much more than the bytes and the limit.
func FuzzWatchStream(f *testing.F) {
	bookmark := `{"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"Toy","metadata":{"resourceVersion":"7"}}}`
	status := `{"type":"ERROR","object":{"apiVersion":"v1","kind":"Status","code":410,"reason":"Expired"}}`
	toy := toyJSON("a", 10)
	for _, body := range []string{
		"", "{}", "null 1 []", toy + bookmark + status, toy[:len(toy)-5], toyJSON("", 0), toyJSON("a", 3000),
		strings.Replace(toy, "ADDED", "PAINTED", 1),
		`{"type":"ADDED"}`, `{"type":"ADDED","object":null}`, `{"type":"DELETED","object":[]}`,
		`{"type":"MODIFIED","object":{"kind":"ToyList","apiVersion":"v1","items":[{}]}}`,
		`{"type":"BOOKMARK","object":{"kind":"Status","apiVersion":"v1"}}`,
	} {
		for _, endless := range []byte("\x00 x[") {
			f.Add([]byte(body), mediaJSON, false, endless)
			f.Add([]byte(body), mediaJSON+";stream=watch", true, endless)
		}
		f.Add([]byte(body), "", false, byte(0))
		f.Add([]byte(body), "text/html", true, byte(0))
	}
	message := toyProtobuf(f, "a", 10)
	for _, body := range []string{message, message + message[:20], toyProtobuf(f, "", 0), toyProtobuf(f, "a", 3000), "\x00\x00\x00\x00", "\x80\x00\x00\x00"} {
		f.Add([]byte(body), mediaProtobuf, true, byte(0))
		f.Add([]byte(body), mediaProtobuf+";stream=watch", true, byte(1))
		f.Add([]byte(body), mediaProtobuf, false, byte(0))
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string, meta bool, endless byte) {
		server := &answer{status: 200, contentType: contentType, body: string(body), endless: endless}
		config := listwatch.LimitReads(configOf(server), listwatch.Limits{Frame: fuzzLimit})
		if meta {
			watchToEnd(t, metadataSource(t, config))
		} else {
			watchToEnd(t, dynamicSource(t, config))
		}
		if read := server.read.Load(); read > int64(len(body))+fuzzLimit+slack {
			t.Errorf("%d bytes were read, of a body of %d before the endless part", read, len(body))
		}
	})
}

func watchToEnd[T metav1.Object](t *testing.T, source listwatch.ListWatcher[T]) {
	var last error
	for event, err := range source.Watch(t.Context(), listwatch.WatchOptions{}) {
		if last != nil {
			t.Fatalf("the watch went on after %v", last)
		}
		if failed := (*listwatch.ItemError)(nil); err != nil && !errors.As(err, &failed) {
			last = err
		}
		if err == nil && event.Type != listwatch.Bookmark {
			checkItem(t, event.Item)
		}
	}
}

func checkItem[T metav1.Object](t *testing.T, item store.Item[T]) {
	t.Helper()
	if err := item.Key.Validate(); err != nil || item.Object.GetName() != item.Key.Name {
		t.Errorf("item %+v: %v", item, err)
	}
}

// FuzzListBody does the same for a list, with any status.
func FuzzListBody(f *testing.F) {
	object := `{"apiVersion":"v1","kind":"Toy","metadata":{"namespace":"shop","name":"a"}}`
	for _, body := range []string{
		"", "{}", "[]", "null", object,
		`{"apiVersion":"v1","kind":"ToyList","metadata":{"resourceVersion":"7"},"items":[` + object + `,{}]}`,
		`{"apiVersion":"v1","kind":"ToyList","items":[null,1,"x",[]]}`,
		`{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"a"}},{}]}`,
		`{"apiVersion":"v1","kind":"Status","status":"Failure","code":410,"reason":"Expired"}`,
		`{"apiVersion":"v1","kind":"ToyList","items":"`,
	} {
		for _, status := range []uint16{101, 200, 204, 302, 410, 500} {
			f.Add([]byte(body), mediaJSON, false, byte(0), status)
			f.Add([]byte(body), mediaJSON, true, byte(' '), status)
		}
		f.Add([]byte(body), "", false, byte(0), uint16(200))
	}
	message := toyProtobuf(f, "a", 10)
	f.Add([]byte(message), mediaProtobuf, true, byte(0), uint16(200))
	f.Add([]byte("k8s\x00\n\x00\x12\x00"), mediaProtobuf, true, byte(0), uint16(200))
	f.Fuzz(func(t *testing.T, body []byte, contentType string, meta bool, endless byte, status uint16) {
		server := &answer{status: max(100, int(status)%600), contentType: contentType, body: string(body), endless: endless}
		config := listwatch.LimitReads(configOf(server), listwatch.Limits{Body: fuzzLimit})
		if meta {
			listToEnd(t, metadataSource(t, config))
		} else {
			listToEnd(t, dynamicSource(t, config))
		}
		if read := server.read.Load(); read > fuzzLimit+slack {
			t.Errorf("%d bytes were read", read)
		}
	})
}

func listToEnd[T metav1.Object](t *testing.T, source listwatch.ListWatcher[T]) {
	_, _ = source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[T], err error) {
		if err == nil {
			checkItem(t, item)
		}
	})
}
