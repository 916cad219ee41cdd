// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Magic stands before each object (runtime.Unknown in apimachinery).
const Magic = "k8s\x00"

// Unwrap takes off an object what says that it is one, and returns the message
// of its type.
func Unwrap(object []byte) ([]byte, error) {
	wrapped, found := bytes.CutPrefix(object, []byte(Magic))
	if !found {
		return nil, fmt.Errorf("%w: it begins with %q, not with %q", ErrSyntax, object[:min(len(object), len(Magic))], Magic)
	}
	const raw = 2
	var message []byte
	f := fields{message: wrapped}
	for f.next() {
		if f.number == raw {
			message = f.value
		}
	}
	return message, f.err
}

// Event takes a frame of a watch apart (meta.v1.WatchEvent): the type of the
// event, and its object, which is still wrapped.
func Event(frame []byte) (kind, object []byte, err error) {
	const (
		typeField   = 1
		objectField = 2
		raw         = 1
	)
	f := fields{message: frame}
	for f.next() {
		switch f.number {
		case typeField:
			kind = f.value
		case objectField:
			inner := fields{message: f.value}
			for inner.next() {
				if inner.number == raw {
					object = inner.value
				}
			}
			if inner.err != nil {
				return nil, nil, inner.err
			}
		}
	}
	return kind, object, f.err
}

// Header is what identifies a state of an object.
type Header struct{ Namespace, Name, UID, Version []byte }

// metadata is the field of the metadata in each type of the Kubernetes API.
const metadata = 1

// ReadHeader reads the metadata of an object. It is false if there is no name.
func ReadHeader(message []byte) (Header, bool) {
	const (
		name      = 1
		namespace = 3
		uid       = 5
		version   = 6
	)
	f := fields{message: message}
	for f.next() && f.number != metadata {
	}
	if f.err != nil || f.number != metadata {
		return Header{}, false
	}
	var h Header
	f = fields{message: f.value}
	for f.next() {
		switch f.number {
		case name:
			h.Name = f.value
		case namespace:
			h.Namespace = f.value
		case uid:
			h.UID = f.value
		case version:
			h.Version = f.value
		}
	}
	return h, f.err == nil && len(h.Name) > 0
}

// AppendWithoutManagedFields appends an object without metadata.managedFields to
// dst. A message that is none is appended as it is.
func AppendWithoutManagedFields(dst, message []byte) []byte {
	begin := len(dst)
	f := fields{message: message}
	for f.next() {
		if f.number != metadata || f.value == nil {
			dst = append(dst, f.field...)
			continue
		}
		kept, err := withoutManagedFields(f.value)
		if err != nil {
			return append(dst[:begin], message...)
		}
		const tag = metadata<<3 | wireBytes
		dst = binary.AppendUvarint(append(dst, tag), uint64(kept))
		dst = appendWithoutManagedFields(dst, f.value)
	}
	if f.err != nil {
		return append(dst[:begin], message...)
	}
	return dst
}

const managedFields = 17

// withoutManagedFields returns how long the metadata is without them.
func withoutManagedFields(meta []byte) (length int, err error) {
	f := fields{message: meta}
	for f.next() {
		if f.number != managedFields {
			length += len(f.field)
		}
	}
	return length, f.err
}

func appendWithoutManagedFields(dst, meta []byte) []byte {
	f := fields{message: meta}
	for f.next() {
		if f.number != managedFields {
			dst = append(dst, f.field...)
		}
	}
	return dst
}
