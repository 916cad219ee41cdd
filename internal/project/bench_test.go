// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"reflect"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/typedinformer/typedinformer/internal/project"
)

func BenchmarkPod(b *testing.B) {
	document := aPod
	six, err := project.For(reflect.TypeFor[slimPod]())
	if err != nil {
		b.Fatal(err)
	}
	reduced, err := six.Append(nil, document)
	if err != nil {
		b.Fatal(err)
	}
	measure := func(name string, document []byte, run func(document []byte) error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				if err := run(document); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	buffer := make([]byte, 0, len(document))
	appendTo := func(p *project.Plan) func([]byte) error {
		return func(document []byte) error {
			_, err := p.Append(buffer, document)
			return err
		}
	}
	unmarshal := func(document []byte) error {
		var pod slimPod
		return utiljson.Unmarshal(document, &pod)
	}
	measure("append=six fields", document, appendTo(six))
	measure("leave out managedFields", document, func(document []byte) error {
		project.LeaveOut(buffer, document, "metadata", "managedFields")
		return nil
	})
	measure("header", document, func(document []byte) error {
		if _, ok := project.ReadHeader(document); !ok {
			b.Fatal("no header")
		}
		return nil
	})
	measure("decode=whole", document, unmarshal)
	measure("decode=reduced", reduced, unmarshal)
}
