// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
)

var lamps = schema.GroupVersionResource{Group: "toys.example.com", Version: "v2", Resource: "lamps"}

// Lamp is an API type with a protobuf encoding, as the built-in ones have it:
//
//	message Lamp { ObjectMeta metadata = 1; string colour = 2; }
type Lamp struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Colour            string `json:"colour"`
}

// LampList is message LampList { ListMeta metadata = 1; repeated Lamp items = 2; }.
type LampList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Lamp `json:"items"`
}

var _ fake.Object = (*Lamp)(nil)

func (g *Lamp) DeepCopyObject() runtime.Object {
	return &Lamp{g.TypeMeta, *g.ObjectMeta.DeepCopy(), g.Colour}
}

func (l *LampList) DeepCopyObject() runtime.Object {
	result := &LampList{TypeMeta: l.TypeMeta, ListMeta: l.ListMeta}
	for i := range l.Items {
		result.Items = append(result.Items, *l.Items[i].DeepCopyObject().(*Lamp))
	}
	return result
}

func (g *Lamp) Reset() { *g = Lamp{} }

func (g *Lamp) Marshal() ([]byte, error) {
	meta, err := g.ObjectMeta.Marshal()
	return bytesField(bytesField(nil, 1, meta), 2, []byte(g.Colour)), err
}

func (g *Lamp) Unmarshal(data []byte) error {
	return readFields(data, func(field uint64, value []byte) error {
		if field == 2 {
			g.Colour = string(value)
			return nil
		}
		return g.ObjectMeta.Unmarshal(value)
	})
}

func (l *LampList) Reset() { *l = LampList{} }

func (l *LampList) Marshal() ([]byte, error) { return nil, errors.New("nobody sends lists") }

func (l *LampList) Unmarshal(data []byte) error {
	return readFields(data, func(field uint64, value []byte) error {
		if field == 1 {
			return l.ListMeta.Unmarshal(value)
		}
		var item Lamp
		err := item.Unmarshal(value)
		l.Items = append(l.Items, item)
		return err
	})
}

func bytesField(to []byte, field uint64, value []byte) []byte {
	to = binary.AppendUvarint(to, field<<3|2)
	to = binary.AppendUvarint(to, uint64(len(value)))
	return append(to, value...)
}

func readFields(data []byte, each func(field uint64, value []byte) error) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		size, m := binary.Uvarint(data[max(n, 0):])
		if n <= 0 || m <= 0 || tag&7 != 2 || size > uint64(len(data)-n-m) {
			return fmt.Errorf("no field of bytes at %d bytes from the end", len(data))
		}
		value := data[n+m:][:size]
		if err := each(tag>>3, value); err != nil {
			return err
		}
		data = data[n+m+int(size):]
	}
	return nil
}

func lamp(name, colour string) *Lamp {
	return &Lamp{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Colour: colour}
}

// lampClient is the generated client of lamps, which sends protobuf too.
func lampClient(t *testing.T, config *rest.Config) *gentype.ClientWithList[*Lamp, *LampList] {
	t.Helper()
	config = rest.CopyConfig(config)
	config.ContentType = runtime.ContentTypeProtobuf
	return generatedClient(t, config, lamps, "shop",
		func() *Lamp { return &Lamp{} }, func() *LampList { return &LampList{} })
}
