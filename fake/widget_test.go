// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Widget is an API type of the usual form.
type Widget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Size              int `json:"size"`
}

type WidgetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Widget `json:"items"`
}

func (w *Widget) DeepCopyObject() runtime.Object {
	return &Widget{w.TypeMeta, *w.ObjectMeta.DeepCopy(), w.Size}
}

func (l *WidgetList) DeepCopyObject() runtime.Object {
	result := &WidgetList{TypeMeta: l.TypeMeta, ListMeta: l.ListMeta}
	for i := range l.Items {
		result.Items = append(result.Items, *l.Items[i].DeepCopyObject().(*Widget))
	}
	return result
}

func widget(namespace, name string, size int, labels ...string) *Widget {
	w := &Widget{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Size: size}
	for _, label := range labels {
		metav1.SetMetaDataLabel(&w.ObjectMeta, label, "yes")
	}
	return w
}

func shop(name string) store.Key { return store.Key{Namespace: "shop", Name: name} }

// must returns the object of a write that has to work.
func must(t testing.TB) func(object *Widget, err error) *Widget {
	return func(object *Widget, err error) *Widget {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return object
	}
}

// line is an item as the tests write it: key@version=size.
func line(item store.Item[*Widget]) string {
	if item.Object == nil {
		return fmt.Sprintf("%s@%s", item.Key, item.Version)
	}
	return fmt.Sprintf("%s@%s=%d", item.Key, item.Object.ResourceVersion, item.Object.Size)
}

func eventLine(event listwatch.Event[*Widget]) string {
	text := event.Type.String() + " " + line(event.Item)
	if event.Type == listwatch.Bookmark {
		text = "Bookmark " + event.Item.Version
	}
	if event.InitialEventsEnd {
		text += " end"
	}
	return text
}

func list(ctx context.Context, source listwatch.ListWatcher[*Widget], options listwatch.ListOptions) (lines []string, page listwatch.Page, err error) {
	page, err = source.List(ctx, options, func(item store.Item[*Widget], _ error) { lines = append(lines, line(item)) })
	return lines, page, err
}

// recorder reads a watch in a goroutine of its own.
type recorder struct {
	lines []string
	err   error
	ended bool
	after time.Duration // since it began
}

func record(ctx context.Context, source listwatch.ListWatcher[*Widget], options listwatch.WatchOptions) *recorder {
	r, began := new(recorder), time.Now()
	go func() {
		for event, err := range source.Watch(ctx, options) {
			if r.err = err; err == nil {
				r.lines = append(r.lines, eventLine(event))
			}
		}
		r.ended, r.after = true, time.Since(began)
	}()
	return r
}

// take returns what was recorded since the last take. The bubble must be idle.
func (r *recorder) take() []string {
	lines := r.lines
	r.lines = nil
	return lines
}

var _ fake.Object = (*Widget)(nil)
