// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"bytes"
	"encoding/json"
	"errors"

	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/internal/decode"
	"github.com/typedinformer/typedinformer/internal/frames"
	"github.com/typedinformer/typedinformer/internal/proto"
)

// splitEvent takes a frame of a watch in JSON apart. Servers write it in one way,
// which is recognized by what it begins with. What it ends with is not looked at:
// if that is more than a bracket, the object is no JSON. ok is false for a frame
// that has another form.
func splitEvent(frame []byte) (kind string, object []byte, ok bool) {
	rest, ok := bytes.CutPrefix(frame, []byte(`{"type":"`))
	if !ok {
		return "", nil, false
	}
	text, rest, ok := bytes.Cut(rest, []byte(`","object":`))
	kind = knownType(text)
	if !ok || kind == "" || !bytes.HasSuffix(rest, []byte("}")) {
		return "", nil, false
	}
	return kind, rest[:len(rest)-1], true
}

// knownType returns the type of an event as a constant, which needs no memory;
// empty for none.
func knownType(text []byte) string {
	for _, kind := range [...]watch.EventType{watch.Modified, watch.Added, watch.Deleted, watch.Bookmark, watch.Error} {
		if string(text) == string(kind) {
			return string(kind)
		}
	}
	return ""
}

// decodeEvent takes a frame of any form apart.
func decodeEvent(frame []byte, in encoding) (kind string, object []byte, err error) {
	switch in {
	case inProtobuf:
		return unwrapEvent(frame)
	case inCBOR:
		return eventInCBOR(frame)
	}
	var event struct {
		Type   string          `json:"type"`
		Object json.RawMessage `json:"object"`
	}
	err = decode.JSON(frame, &event)
	return event.Type, event.Object, err
}

func unwrapEvent(frame []byte) (kind string, object []byte, err error) {
	text, wrapped, err := proto.Event(frame)
	if err != nil {
		return "", nil, err
	}
	object, err = proto.Unwrap(wrapped)
	return string(text), object, err
}

func eventInCBOR(frame []byte) (kind string, object []byte, err error) {
	var kindErr error
	err = frames.CBORMembers(frame, func(name string, value []byte) {
		switch name {
		case "type":
			kind, kindErr = frames.CBORText(value)
		case "object":
			object = value
		}
	})
	return kind, object, errors.Join(err, kindErr)
}
