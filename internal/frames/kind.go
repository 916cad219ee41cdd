// SPDX-License-Identifier: Apache-2.0

package frames

// Kind says how the frames of a stream are told apart.
type Kind uint8

const (
	// Whole is a body that is one frame from its beginning to its end: a list,
	// an object, what a server says of an error.
	Whole Kind = iota
	// JSON is a sequence of JSON objects or arrays, with or without white space
	// between them. Whatever else stands between them counts as part of the
	// frame after it.
	JSON
	// Protobuf is a sequence of messages, each behind its length in 4 bytes,
	// the highest first. The length is that of the message alone.
	Protobuf
	// CBOR is a sequence of CBOR values (RFC 8742). A [Reader] does not know it.
	CBOR
)

// String returns what error messages call a frame of the kind.
func (k Kind) String() string {
	switch k {
	case JSON:
		return "JSON frame"
	case Protobuf:
		return "protobuf frame"
	case CBOR:
		return "CBOR value"
	}
	return "body"
}
