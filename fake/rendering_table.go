// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/duration"
)

var tableKind = metav1.SchemeGroupVersion.WithKind(asTable)

// tableRendering makes rows of objects, as kubectl asks for: with the columns
// that a custom resource has if it defines none.
type tableRendering struct {
	call    call
	include metav1.IncludeObjectPolicy
	headed  bool // a table was made; of those of a watch, only the first has column headers
}

func newTableRendering(c call) (*tableRendering, error) {
	var options metav1.TableOptions
	if err := metav1.Convert_url_Values_To_v1_TableOptions(&c.query, &options, nil); err != nil {
		return nil, badQuery(err)
	}
	if errs := validation.ValidateTableOptions(&options); len(errs) > 0 {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("Unable to convert to Table as requested: %v", errs.ToAggregate()))
	}
	return &tableRendering{call: c, include: options.IncludeObject}, nil
}

func (t *tableRendering) one(f format, object Object) ([]byte, error) {
	return t.many(f, []Object{object}, metav1.ListMeta{ResourceVersion: object.GetResourceVersion()})
}

func (t *tableRendering) many(f format, objects []Object, meta metav1.ListMeta) ([]byte, error) {
	table := metav1.Table{ListMeta: meta, Rows: make([]metav1.TableRow, len(objects))}
	if !t.headed {
		table.ColumnDefinitions = columns()
		t.headed = true
	}
	for i, object := range objects {
		raw, err := t.object(f, object)
		if err != nil {
			return nil, err
		}
		table.Rows[i] = metav1.TableRow{
			Cells:  []any{object.GetName(), age(object)}, // any is the field's type
			Object: runtime.RawExtension{Raw: raw},
		}
	}
	return f.object(tableKind, &table)
}

// object is what goes with a row; nil for nothing.
func (t *tableRendering) object(f format, object Object) ([]byte, error) {
	switch t.include {
	case metav1.IncludeNone:
		return nil, nil
	case metav1.IncludeObject:
		return plainRendering{t.call.gvk()}.one(f, object)
	}
	return partialRendering{}.one(f, object)
}

func columns() []metav1.TableColumnDefinition {
	doc := metav1.ObjectMeta{}.SwaggerDoc()
	return []metav1.TableColumnDefinition{
		{Name: "Name", Type: "string", Format: "name", Description: doc["name"]},
		{Name: "Age", Type: "date", Description: doc["creationTimestamp"]},
	}
}

// age is in words: a server tells it as of now.
func age(object metav1.Object) string {
	created := object.GetCreationTimestamp()
	if created.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(time.Since(created.Time))
}
