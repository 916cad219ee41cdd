// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"bytes"
	"encoding/json"

	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/internal/decode"
)

// splitEvent takes a frame of a watch in JSON apart. Servers write it in one way,
// which is recognized by what it begins with; anything else takes a decoder. What
// the frame ends with is not looked at: if that is more than a bracket, the object
// is no JSON, and whole says what the frame has.
func splitEvent(frame []byte) (kind string, object []byte, whole bool, err error) {
	rest, ok := bytes.CutPrefix(frame, []byte(`{"type":"`))
	text, rest, cut := bytes.Cut(rest, []byte(`","object":`))
	if ok && cut && bytes.HasSuffix(rest, []byte("}")) {
		if kind := knownType(text); kind != "" {
			return kind, rest[:len(rest)-1], false, nil
		}
	}
	return decodeEvent(frame)
}

// knownType returns the type of an event as a constant, which needs no memory.
func knownType(text []byte) string {
	switch string(text) {
	case string(watch.Modified):
		return string(watch.Modified)
	case string(watch.Added):
		return string(watch.Added)
	case string(watch.Deleted):
		return string(watch.Deleted)
	case string(watch.Bookmark):
		return string(watch.Bookmark)
	case string(watch.Error):
		return string(watch.Error)
	}
	return ""
}

// decodeEvent is the slow way.
func decodeEvent(frame []byte) (kind string, object []byte, whole bool, err error) {
	var event struct {
		Type   string          `json:"type"`
		Object json.RawMessage `json:"object"`
	}
	err = decode.JSON(frame, &event)
	return event.Type, event.Object, true, err
}
