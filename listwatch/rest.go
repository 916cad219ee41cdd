// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// RESTOptions are the options of [REST]. The zero value asks for all objects, in
// the format that takes the least time.
type RESTOptions struct {
	// Namespace confines the source to one namespace. Empty means all of them, or
	// that the objects have none.
	Namespace string
	// LabelSelector, FieldSelector and Tweak are what they are in [Options].
	LabelSelector string
	FieldSelector string
	Tweak         func(options *metav1.ListOptions)
	// Shard confines the source to a part of the objects. The zero value means
	// all of them.
	Shard Shard
	// Format is how objects are encoded. Zero means protobuf for types that have
	// it, and JSON for all others.
	Format Format
	// KeepManagedFields keeps metadata.managedFields, in which the server notes
	// who has set which field. Without it they are not decoded, and the server is
	// asked not to send them (KEP-5958; servers without that send them all the
	// same). Only those who apply objects by fields of their own need them.
	KeepManagedFields bool
	// Workers is how many goroutines decode at once. Zero means GOMAXPROCS.
	Workers int
	// MaxObject is the longest encoded object in bytes. A longer one is reported
	// as an [*ItemError] with a [*LimitError], and the rest goes on. Zero means
	// [MaxFrame], and so does more than that.
	MaxObject int64
}

// Format is an encoding of the Kubernetes API.
type Format uint8

const (
	// FormatAny is protobuf for types that have it, and JSON for all others. Of the
	// types of the API those without protobuf come in CBOR, if client-go's feature
	// gate ClientsAllowCBOR is on and the server has it (KEP-4222).
	FormatAny Format = iota
	FormatJSON
	// FormatProtobuf is for types that have it only, such as those of k8s.io/api.
	// A server that has no protobuf for the resource answers with JSON.
	FormatProtobuf
)

// REST makes a source that decodes objects itself, straight from what a server
// sends. T is what each becomes, one of
//
//   - a pointer to a type of the API, such as *corev1.Pod or that of a custom
//     resource: what client-go's clients return, but for managedFields;
//   - a struct of one's own, or a pointer to one, with the fields that are wanted:
//     all others are skipped and cost nothing but being looked over;
//   - [*unstructured.Unstructured], for which see [Dynamic] too;
//   - [*metav1.PartialObjectMetadata], or a struct with nothing else than metadata:
//     then nothing else is asked for.
//
// A struct needs metadata: it embeds a [Meta], or has a field that is a
// metav1.ObjectMeta or like it and the methods of Meta. A field goes by its json
// tag, in which case counts, as client-go decodes; one without a name in a tag
// goes by its own name, in which case does not count:
//
//	type Pod struct {
//		listwatch.Meta
//		Spec   struct{ NodeName string }
//		Status struct{ Phase, PodIP string }
//	}
//	pods, err := listwatch.REST[Pod](config, corev1.SchemeGroupVersion.WithResource("pods"), listwatch.RESTOptions{})
//
// The struct itself is in the cache then, and is copied for each reader and
// handler; a pointer to it is better for one of more than some hundred bytes.
//
// Credentials, TLS, proxies, rate limits, warnings and retries are those of
// client-go, from config, which REST does not change. A list is decoded while it
// comes in, on several goroutines, and neither its body nor a second list is ever
// held: some hundred kilobytes are on the way, and a few objects. Objects are
// compact, as if by [Compact] with its defaults; Compact over this source changes
// its options. On a relist, what the reader has already is recognized before it
// is decoded.
//
// One object that cannot be decoded is reported as an [*ItemError] of
// [StageDecode], with its name if that can be read and its place in the body; the
// rest goes on. If a request fails the error is a [*RequestError].
//
// REST returns an error for a T or options that can never work. It asks nothing
// of the server.
func REST[T any](config *rest.Config, resource schema.GroupVersionResource, options RESTOptions) (ListWatcher[T], error) {
	s, err := newRESTSource[T](config, resource, options)
	if err != nil {
		return nil, fmt.Errorf("listwatch: REST of %s: %w", nameOf[T](resource), err)
	}
	return s, nil
}
