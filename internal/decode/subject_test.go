// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"encoding/json"
	"net/netip"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

//lint:file-ignore U1000,SA5008 What decoders take no notice of, or differ in, is what is tested.

// typed is an API object with fields of all types that API objects have, and
// some that they do not have but a type of a user may.
type typed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Text     string                `json:"text"`
	Named    name                  `json:"named"`
	Bool     bool                  `json:"bool"`
	Int      int                   `json:"int"`
	Int32    int32                 `json:"int32"`
	Int64    *int64                `json:"int64"`
	Uint8    uint8                 `json:"uint8"`
	Uint64   uint64                `json:"uint64"`
	Float32  float32               `json:"float32"`
	Float64  float64               `json:"float64"`
	Bytes    []byte                `json:"bytes"`
	Array    [3]int                `json:"array"`
	ByteRow  [3]byte               `json:"byteRow"`
	Ints     []int                 `json:"ints"`
	Pointers []*nested             `json:"pointers"`
	Nested   nested                `json:"nested"`
	Pointer  *nested               `json:"pointer"`
	Twice    **nested              `json:"twice"`
	List     []nested              `json:"list"`
	Lists    [][]string            `json:"lists"`
	Map      map[string]string     `json:"map"`
	ByName   map[name]nested       `json:"byName"`
	ByRef    map[string]*nested    `json:"byRef"`
	ByLists  map[string][]nested   `json:"byLists"`
	ByNumber map[int8]string       `json:"byNumber"`
	ByText   map[netip.Addr]string `json:"byText"`
	Empty    struct{}              `json:"empty"`

	Quantity  resource.Quantity            `json:"quantity"`
	Resources map[string]resource.Quantity `json:"resources"`
	Limit     *resource.Quantity           `json:"limit"`
	Time      metav1.Time                  `json:"time"`
	Deadline  *metav1.Time                 `json:"deadline"`
	Micro     metav1.MicroTime             `json:"micro"`
	Duration  metav1.Duration              `json:"duration"`
	Port      intstr.IntOrString           `json:"port"`
	Surge     *intstr.IntOrString          `json:"surge"`
	Template  runtime.RawExtension         `json:"template"`
	Templates []runtime.RawExtension       `json:"templates"`
	Fields    *metav1.FieldsV1             `json:"fields"`
	Selector  *metav1.LabelSelector        `json:"selector"`
	GoSpan    time.Duration                `json:"goSpan"`
	Addr      netip.Addr                   `json:"addr"`
	Raw       json.RawMessage              `json:"raw"`

	Untagged string
	Omitted  string `json:"-"`
	Dash     string `json:"-,"`
	Spaced   string `json:"with space,omitempty"`
	embedded
	*Pointed
	*lower
	Inlined    `json:",inline"`
	Held       `json:"held"`
	unexported string
}

type (
	name   string
	nested struct {
		A    int               `json:"a"`
		B    string            `json:"b"`
		List []int             `json:"list"`
		Map  map[string]string `json:"map"`
		Next *nested           `json:"next"`
	}
	embedded struct {
		Lower string `json:"lower"`
		Text  int    `json:"text"` // hidden
	}
	Pointed struct {
		Deep  nested `json:"deep"`
		Clash int    `json:"clash"`
	}
	Inlined struct {
		Inner *string `json:"inner"`
		Clash int     `json:"clash"`
	}
	Held struct {
		Value string `json:"value"`
	}
)

func (t *typed) DeepCopyObject() runtime.Object { c := *t; return &c }

// open is an API object with fields that leave open what they hold, or ask for
// what not every decoder knows.
type open struct {
	metav1.TypeMeta `json:",inline"`
	GoTime          time.Time                    `json:"goTime"`
	GoTimes         *time.Time                   `json:"goTimes"`
	Number          json.Number                  `json:"number"`
	Quoted          int                          `json:"quoted,string"`
	QuotedText      string                       `json:"quotedText,string"`
	QuotedBool      *bool                        `json:"quotedBool,string"`
	QuotedNested    nested                       `json:"quotedNested,string"`
	QuotedInts      []int                        `json:"quotedInts,string"`
	Any             any                          `json:"any"`
	Map             map[string]any               `json:"map"`
	Slice           []any                        `json:"slice"`
	Nested          struct{ Any any }            `json:"nested"`
	Named           anything                     `json:"named"`
	Stringer        interface{ String() string } `json:"stringer"`
	NotInlined      nested                       `json:",inline"`
	Unknown         map[string]string            `json:",unknown"`
	AnyCase         string                       `json:"anyCase,case:ignore"`
	Formatted       []byte                       `json:"formatted,format:hex"`
	Mistaken        string                       `json:"'mistaken'"`
	Func            func()                       `json:"func"`
}

type (
	anything any
	lower    struct {
		Low string `json:"low"`
	}
)

func (o *open) DeepCopyObject() runtime.Object { c := *o; return &c }
