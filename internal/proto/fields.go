// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"encoding/binary"
	"errors"
)

// ErrSyntax says that bytes are no protobuf message.
var ErrSyntax = errors.New("proto: not a protobuf message")

// fields goes through the fields of a message.
type fields struct {
	message []byte // what is left of it
	field   []byte // the current field, with its tag
	number  uint64
	value   []byte // of a field that is bytes; else nil
	err     error
}

// The kinds of fields there are.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// next moves on to the next field.
func (f *fields) next() bool {
	if len(f.message) == 0 || f.err != nil {
		return false
	}
	all := f.message
	tag := f.varint()
	f.number, f.value = tag>>3, nil
	switch tag & 7 {
	case wireVarint:
		f.varint()
	case wire64:
		f.take(8)
	case wire32:
		f.take(4)
	case wireBytes:
		f.value = f.take(f.varint())
	default:
		f.err = ErrSyntax
	}
	f.field = all[:len(all)-len(f.message)]
	return f.err == nil
}

func (f *fields) varint() uint64 {
	value, n := binary.Uvarint(f.message)
	if n <= 0 {
		f.err = ErrSyntax
		return 0
	}
	f.message = f.message[n:]
	return value
}

func (f *fields) take(n uint64) []byte {
	if n > uint64(len(f.message)) {
		f.err = ErrSyntax
		return nil
	}
	taken := f.message[:n:n]
	f.message = f.message[n:]
	return taken
}
