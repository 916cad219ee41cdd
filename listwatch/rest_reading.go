// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/internal/frames"
	"github.com/typedinformer/typedinformer/internal/project"
	"github.com/typedinformer/typedinformer/store"
)

// reading is the decoding of one answer.
type reading[T any] struct {
	*decoder[T]
	splitter frames.Splitter
	answer   *answer
	encoding encoding
	isWatch  bool
	known    func(store.Key, string) bool
	list     *frames.Envelope // of a list; what stands before the items is in it
}

func (d *decoder[T]) forList(splitter frames.ListSplitter, answer *answer, known func(store.Key, string) bool) *reading[T] {
	return &reading[T]{decoder: d, splitter: splitter, answer: answer, encoding: answer.encoding(), known: known, list: splitter.Envelope()}
}

func (d *decoder[T]) forWatch(splitter frames.Splitter, answer *answer, options WatchOptions) *reading[T] {
	r := &reading[T]{decoder: d, splitter: splitter, answer: answer, encoding: answer.encoding(), isWatch: true}
	if options.InitialEvents {
		r.known = options.Known
	}
	return r
}

// origin is where a piece comes from, and what is known of it already.
type origin struct {
	offset  int64 // in the body
	tooLong *frames.LimitError
	kind    schema.GroupVersionKind // of the objects, as the list says
}

// next returns the next piece.
func (r *reading[T]) next() ([]byte, origin, error) {
	piece, err := r.splitter.Next()
	from := origin{offset: piece.Offset, tooLong: piece.TooLong}
	if r.list != nil && r.shape.unstructured {
		kind, _ := strings.CutSuffix(r.list.Kind, "List")
		from.kind = schema.FromAPIVersionAndKind(r.list.APIVersion, kind)
	}
	return piece.Bytes, from, err
}

// decoded is what becomes of a piece: an item of a list is an event of type
// Added, or of type Left if it is of another shard.
type decoded[T any] struct {
	Event[T]
	err  error
	ends bool // err is the end of the watch
}

// decode makes the result of a piece.
func (r *reading[T]) decode(piece []byte, from origin) decoded[T] {
	if !r.isWatch {
		return r.object(Added, piece, from)
	}
	if from.tooLong != nil {
		_, object, _ := bytes.Cut(piece, []byte(`"object":`)) // as much as there is of it
		return r.object(0, object, from)
	}
	if r.encoding == inJSON {
		if text, object, ok := splitEvent(piece); ok {
			if result := r.event(text, object, from, nil); result.err == nil || result.err == ErrKnown || result.ends {
				return result
			}
			// The frame may not be what it looked like.
		}
	}
	text, object, err := decodeEvent(piece, r.encoding)
	return r.event(text, object, from, err)
}

// event makes the result of an event, which err says could not be read.
func (r *reading[T]) event(kind string, object []byte, from origin, err error) decoded[T] {
	if err != nil {
		return r.failed(0, object, from, err)
	}
	switch watch.EventType(kind) {
	case watch.Added:
		return r.object(Added, object, from)
	case watch.Modified:
		return r.object(Modified, object, from)
	case watch.Deleted:
		return r.object(Deleted, object, from)
	case watch.Bookmark:
		return r.bookmark(object, from)
	case watch.Error:
		return r.end(object)
	}
	return r.failed(0, object, from, fmt.Errorf("unknown type of event %q", kind))
}

// object makes the result of an object.
func (r *reading[T]) object(kind EventType, object []byte, from origin) (result decoded[T]) {
	defer func() { // a type may have methods of its own for decoding
		if value := recover(); value != nil {
			result = r.failed(kind, object, from, panicked(value))
		}
	}()
	if from.tooLong != nil {
		return r.failed(kind, object, from, r.answer.limited(from.tooLong))
	}
	result.Type = kind
	if r.known != nil && kind == Added || r.shard.selector != "" {
		h := headerIn(object, r.encoding)
		switch {
		case len(h.Name) == 0: // the decoder says why
		case !r.shard.has(h.UID):
			result.Type, result.Item = Left, itemOf[T](h)
			return result
		case r.known != nil && kind == Added && r.isKnown(h):
			result.Item, result.err = itemOf[T](h), ErrKnown
			return result
		}
	}
	var err error
	if result.Item, err = r.item(object, r.encoding, from.kind); err != nil {
		return r.failed(kind, object, from, err)
	}
	if err := result.Item.Key.Validate(); err != nil {
		result.err = itemError(r.resource, result.Item, StageKey, err)
	}
	return result
}

// isKnown asks the reader. The strings are valid during the call only, as it
// says there: copies would be most of what a list of known objects costs.
func (r *reading[T]) isKnown(h project.Header) bool {
	key := store.Key{Namespace: borrowed(h.Namespace), Name: borrowed(h.Name)}
	return len(h.Version) > 0 && r.known(key, borrowed(h.Version))
}

func borrowed(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// itemOf is a header as an item, with memory of its own.
func itemOf[T any](h project.Header) store.Item[T] {
	all := string(slices.Concat(h.Namespace, h.Name, h.UID, h.Version))
	namespace, all := all[:len(h.Namespace)], all[len(h.Namespace):]
	name, all := all[:len(h.Name)], all[len(h.Name):]
	uid, version := all[:len(h.UID)], all[len(h.UID):]
	return store.Item[T]{Key: store.Key{Namespace: namespace, Name: name}, UID: types.UID(uid), Version: version}
}

// failed is the result of an object that cannot be used.
func (r *reading[T]) failed(kind EventType, object []byte, from origin, err error) decoded[T] {
	item := itemOf[T](headerIn(object, r.encoding))
	err = itemError(r.resource, item, StageDecode, fmt.Errorf("byte %d of the answer: %w", from.offset, err))
	return decoded[T]{Event: Event[T]{Type: kind, Item: item}, err: err}
}

func (r *reading[T]) bookmark(object []byte, from origin) decoded[T] {
	var mark metav1.PartialObjectMetadata
	if err := decodeAPI(object, r.encoding, &mark); err != nil {
		return r.failed(Bookmark, object, from, err)
	}
	return decoded[T]{Event: Event[T]{
		Type:             Bookmark,
		Item:             store.Item[T]{Version: mark.ResourceVersion},
		InitialEventsEnd: mark.Annotations[metav1.InitialEventsAnnotationKey] == "true",
	}}
}

// end is the result of what a server ends a watch with.
func (r *reading[T]) end(object []byte) decoded[T] {
	var status metav1.Status
	err := decodeAPI(object, r.encoding, &status)
	if err == nil {
		err = apierrors.FromObject(&status)
	} else {
		err = fmt.Errorf("the server reports an error that cannot be read: %w", err)
	}
	return decoded[T]{err: err, ends: true}
}

// page reads what a list says of itself.
func (r *reading[T]) page() (Page, error) {
	var meta metav1.ListMeta
	if r.list.Metadata == nil {
		return Page{}, nil
	}
	if err := decodeAPI(r.list.Metadata, r.encoding, &meta); err != nil {
		return Page{}, r.answer.failed(fmt.Errorf("read the metadata of the list: %w", err))
	}
	if echo := meta.ShardInfo; echo != nil && echo.Selector != r.shard.selector {
		return Page{}, r.answer.failed(fmt.Errorf("asked for the shard %q, and got the shard %q", r.shard.selector, echo.Selector))
	}
	return Page{Version: meta.ResourceVersion, Continue: meta.Continue}, nil
}
