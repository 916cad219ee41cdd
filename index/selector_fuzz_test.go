// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/internal/model"
	"github.com/typedinformer/typedinformer/store"
)

// selectable are objects with all combinations of some labels, in three
// namespaces and in none.
func selectable() (objects []*metav1.PartialObjectMetadata) {
	for _, namespace := range []string{"", "one", "two", "three"} {
		for i, app := range []string{"", "web", "db"} {
			for j, weight := range []string{"", "1", "10", "heavy"} {
				object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
					Namespace: namespace, Name: fmt.Sprintf("object-%d-%d", i, j),
				}}
				if app != "" {
					metav1.SetMetaDataLabel(&object.ObjectMeta, "app", app)
				}
				if weight != "" {
					metav1.SetMetaDataLabel(&object.ObjectMeta, "weight", weight)
					metav1.SetMetaDataLabel(&object.ObjectMeta, "example.com/"+weight, "")
				}
				objects = append(objects, object)
			}
		}
	}
	return objects
}

// FuzzSelector checks that a lister finds what a look at each object finds, for
// any label selector that can be written.
func FuzzSelector(f *testing.F) {
	for _, text := range []string{
		"", "app", "!app", "app=web", "app!=web", "app in (web, db)", "app notin (web)", "weight>5", "weight<5,app",
		"example.com/heavy", "example.com/heavy=", "a=b=c", "app in ()", ",", "weight>heavy",
	} {
		f.Add(text, "one")
	}
	f.Add("app", "")
	f.Add("app", "no such namespace")
	objects := store.New(store.FromMeta[*metav1.PartialObjectMetadata])
	reference := model.New[*metav1.PartialObjectMetadata](nil)
	for _, object := range selectable() {
		item, err := store.FromMeta(object)
		if err != nil {
			f.Fatal(err)
		}
		reference.Put(item)
		if err := objects.Add(object); err != nil {
			f.Fatal(err)
		}
	}
	lister := index.NewLister(index.New(objects, index.Options{}), schema.GroupResource{Resource: "objects"})
	f.Fuzz(func(t *testing.T, text, namespace string) {
		selector, err := labels.Parse(text)
		if err != nil {
			return
		}
		matching := reference.Where(func(item store.Item[*metav1.PartialObjectMetadata]) bool {
			return slowlyMatches(t, selector, item.Object.Labels)
		})
		compareMetadata(t, fmt.Sprintf("List(%q)", text), matching, lister.List(selector))
		matching = slices.DeleteFunc(matching, func(item store.Item[*metav1.PartialObjectMetadata]) bool {
			return item.Key.Namespace != namespace
		})
		compareMetadata(t, fmt.Sprintf("Namespace(%q).List(%q)", namespace, text), matching, lister.Namespace(namespace).List(selector))
	})
}

// slowlyMatches goes through what the selector requires, one by one.
func slowlyMatches(t *testing.T, selector labels.Selector, set map[string]string) bool {
	requirements, selectable := selector.Requirements()
	for _, requirement := range requirements {
		value, has := set[requirement.Key()]
		var holds bool
		switch requirement.Operator() {
		case selection.Exists:
			holds = has
		case selection.DoesNotExist:
			holds = !has
		case selection.In, selection.Equals, selection.DoubleEquals:
			holds = has && requirement.Values().Has(value)
		case selection.NotIn, selection.NotEquals:
			holds = !has || !requirement.Values().Has(value)
		case selection.GreaterThan, selection.LessThan:
			holds = requirement.Matches(labels.Set(set)) // its reading of numbers is not ours to repeat
		default:
			t.Fatalf("operator %q", requirement.Operator())
		}
		if !holds {
			return false
		}
	}
	return selectable
}

func compareMetadata(t *testing.T, what string, want []store.Item[*metav1.PartialObjectMetadata], got []*metav1.PartialObjectMetadata) {
	t.Helper()
	slices.SortFunc(got, func(a, b *metav1.PartialObjectMetadata) int {
		return store.Key{Namespace: a.Namespace, Name: a.Name}.Compare(store.Key{Namespace: b.Namespace, Name: b.Name})
	})
	if !slices.EqualFunc(want, got, func(item store.Item[*metav1.PartialObjectMetadata], object *metav1.PartialObjectMetadata) bool {
		return item.Object == object
	}) {
		t.Errorf("%s returned %d objects, want %d", what, len(got), len(want))
	}
}
