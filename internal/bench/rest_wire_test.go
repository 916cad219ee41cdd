// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// A wireFormat puts what is encoded already together to what an API server sends:
// lists and watches. It copies bytes and no more, so that what is measured beside
// it is the client.
type wireFormat interface {
	mediaType() string
	streamType() string
	// encode makes the body of an object, without its kind.
	encode(object wireObject) ([]byte, error)
	// appendEvent appends one event of a watch.
	appendEvent(to []byte, event, kind string, body []byte) []byte
	// list returns a PodList in parts: as many as there are bodies, or a few more.
	list(meta metav1.ListMeta, bodies [][]byte) (iter.Seq[[]byte], error)
}

// A wireObject has both encodings.
type wireObject interface{ Marshal() ([]byte, error) }

var wireFormats = map[string]wireFormat{"json": jsonFormat{}, "protobuf": protobufFormat{}}

type jsonFormat struct{}

func (jsonFormat) mediaType() string  { return runtime.ContentTypeJSON }
func (jsonFormat) streamType() string { return runtime.ContentTypeJSON }

func (jsonFormat) encode(object wireObject) ([]byte, error) { return json.Marshal(object) }

func (jsonFormat) appendEvent(to []byte, event, kind string, body []byte) []byte {
	to = append(to, `{"type":"`...)
	to = append(to, event...)
	to = append(to, `","object":{"kind":"`...)
	to = append(to, kind...)
	to = append(to, `","apiVersion":"v1",`...)
	to = append(to, body[1:]...) // without its brace
	return append(to, "}\n"...)
}

func (jsonFormat) list(meta metav1.ListMeta, bodies [][]byte) (iter.Seq[[]byte], error) {
	header, err := json.Marshal(meta)
	return func(yield func([]byte) bool) {
		if !yield(fmt.Appendf(nil, `{"kind":"PodList","apiVersion":"v1","metadata":%s,"items":[`, header)) {
			return
		}
		for i, body := range bodies {
			if i > 0 && !yield([]byte(",")) || !yield(body) {
				return
			}
		}
		yield([]byte("]}\n"))
	}, err
}

// protobufFormat writes by hand what encloses a body: its length has to be known
// before it, so the encoders of the API machinery want all of it in one piece.
type protobufFormat struct{}

func (protobufFormat) mediaType() string  { return runtime.ContentTypeProtobuf }
func (protobufFormat) streamType() string { return runtime.ContentTypeProtobuf + ";stream=watch" }

func (protobufFormat) encode(object wireObject) ([]byte, error) { return object.Marshal() }

// appendEvent writes a metav1.WatchEvent (type is its field 1, object its field 2,
// a RawExtension whose field 1 are the bytes) behind its length.
func (protobufFormat) appendEvent(to []byte, event, kind string, body []byte) []byte {
	object := sizeOfObject(kind, len(body))
	size := sizeOfField(len(event)) + sizeOfField(sizeOfField(object))
	to = binary.BigEndian.AppendUint32(to, uint32(size))
	to = append(appendTag(to, 1, len(event)), event...)
	to = appendTag(to, 2, sizeOfField(object))
	to = appendTag(to, 1, object)
	return append(appendObjectHead(to, kind, len(body)), body...)
}

// list writes a PodList, whose field 1 is the ListMeta and whose field 2 are items.
func (protobufFormat) list(meta metav1.ListMeta, bodies [][]byte) (iter.Seq[[]byte], error) {
	header, err := meta.Marshal()
	size := sizeOfField(len(header))
	for _, body := range bodies {
		size += sizeOfField(len(body))
	}
	return func(yield func([]byte) bool) {
		head := appendTag(appendObjectHead(nil, "PodList", size), 1, len(header))
		if !yield(append(head, header...)) {
			return
		}
		for _, body := range bodies {
			if !yield(appendTag(nil, 2, len(body))) || !yield(body) {
				return
			}
		}
	}, err
}

// appendObjectHead writes what is before a body of that size: the magic number,
// and of a runtime.Unknown the TypeMeta (field 1) and the start of Raw (field 2).
func appendObjectHead(to []byte, kind string, size int) []byte {
	to = append(to, magic...)
	to = appendTag(to, 1, sizeOfTypeMeta(kind))
	to = append(appendTag(to, 1, len(version)), version...)
	to = append(appendTag(to, 2, len(kind)), kind...)
	return appendTag(to, 2, size)
}

const magic, version = "k8s\x00", "v1"

func sizeOfTypeMeta(kind string) int { return sizeOfField(len(version)) + sizeOfField(len(kind)) }

func sizeOfObject(kind string, size int) int {
	return len(magic) + sizeOfField(sizeOfTypeMeta(kind)) + sizeOfField(size)
}

// appendTag starts a field of bytes.
func appendTag(to []byte, field, size int) []byte {
	return binary.AppendUvarint(append(to, byte(field<<3|2)), uint64(size))
}

// sizeOfField is the size of a field of bytes with what is before them.
func sizeOfField(size int) int { return len(appendTag(make([]byte, 0, 16), 1, size)) + size }
