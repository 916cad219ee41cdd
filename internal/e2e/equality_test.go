// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/apitesting/fuzzer"
	"k8s.io/apimachinery/pkg/api/meta"
	metafuzzer "k8s.io/apimachinery/pkg/apis/meta/fuzzer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// groupsOfEquality are the groups whose types are compared, all of them.
var groupsOfEquality = []string{
	"", "apps", "batch", "discovery.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
}

// Objects of all types, filled at random, are what client-go decodes.
func TestEquality(t *testing.T) {
	for _, c := range comparisons {
		for _, kind := range kindsOf(c.of) {
			t.Run(kind.String(), func(t *testing.T) { c.compare(t, kind) })
		}
	}
}

// A type that client-go has and the list does not is to be added to it.
func TestEqualityIsOfAllTypes(t *testing.T) {
	var missing []string
	for kind, of := range scheme.Scheme.AllKnownTypes() {
		if len(kindsOf(of)) > 0 && !slices.ContainsFunc(comparisons, func(c comparison) bool { return c.of == of }) {
			path := strings.Split(of.PkgPath(), "/")
			missing = append(missing, fmt.Sprintf("\tequalityOf[*%s.%s](),", path[len(path)-2]+path[len(path)-1], kind.Kind))
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		t.Errorf("add to comparisons:\n%s", strings.Join(missing, "\n"))
	}
}

// kindsOf returns what a type is called in the groups, if there are lists of it.
func kindsOf(of reflect.Type) (kinds []schema.GroupVersionKind) {
	made, ok := reflect.New(of).Interface().(object)
	if !ok {
		return nil // such as APIGroup
	}
	all, _, err := scheme.Scheme.ObjectKinds(made)
	if err != nil {
		return nil
	}
	for _, kind := range all {
		list := kind.GroupVersion().WithKind(kind.Kind + "List")
		if slices.Contains(groupsOfEquality, kind.Group) && scheme.Scheme.Recognizes(list) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// comparison is that of one type.
type comparison struct {
	of      reflect.Type
	compare func(t *testing.T, kind schema.GroupVersionKind)
}

// object is what all types of the API are pointers to.
type object interface {
	runtime.Object
	metav1.Object
}

func equalityOf[T object]() comparison {
	return comparison{reflect.TypeFor[T]().Elem(), compareWithClientGo[T]}
}

func compareWithClientGo[T object](t *testing.T, kind schema.GroupVersionKind) {
	server := newEncoder(t, kind, filledObjects[T]())
	for _, format := range []listwatch.Format{listwatch.FormatJSON, listwatch.FormatProtobuf} {
		for _, keep := range []bool{true, false} {
			source, err := listwatch.REST[T](server.config(), server.resource(), listwatch.RESTOptions{Format: format, KeepManagedFields: keep})
			if err != nil {
				t.Fatal(err)
			}
			c := compared[T]{t: t, keep: keep, how: fmt.Sprintf("format %d, managedFields %t: ", format, keep)}
			c.list(source, server.listOfClientGo(t, format))
			c.watch(source, server.watchOfClientGo(t, format))
		}
	}
}

// compared is a comparison in one format.
type compared[T object] struct {
	t    *testing.T
	keep bool
	how  string
}

func (c *compared[T]) list(source listwatch.ListWatcher[T], list runtime.Object) {
	c.t.Helper()
	var got []store.Item[T]
	page, err := source.List(c.t.Context(), listwatch.ListOptions{}, func(item store.Item[T], err error) {
		if err != nil {
			c.t.Errorf("%sitem %v: %v", c.how, item.Key, err)
		}
		got = append(got, item)
	})
	want, listErr := meta.ExtractList(list)
	about, metaErr := meta.ListAccessor(list)
	if err != nil || listErr != nil || metaErr != nil || len(got) != len(want) || len(want) != objectsCompared {
		c.t.Fatalf("%slisted %d objects, %v, want %d, %v, %v", c.how, len(got), err, len(want), listErr, metaErr)
	}
	if wanted := (listwatch.Page{Version: about.GetResourceVersion(), Continue: about.GetContinue()}); page != wanted {
		c.t.Errorf("%sthe list is %+v, want %+v", c.how, page, wanted)
	}
	for i := range got {
		c.equal(got[i], want[i])
	}
}

func (c *compared[T]) watch(source listwatch.ListWatcher[T], want []watch.Event) {
	c.t.Helper()
	types := map[listwatch.EventType]watch.EventType{listwatch.Added: watch.Added, listwatch.Modified: watch.Modified, listwatch.Deleted: watch.Deleted}
	var got []listwatch.Event[T]
	for event, err := range source.Watch(c.t.Context(), listwatch.WatchOptions{}) {
		if err != nil {
			c.t.Fatalf("%sevent %d: %v", c.how, len(got), err)
		}
		got = append(got, event)
	}
	if len(got) != len(want) || len(want) != objectsCompared {
		c.t.Fatalf("%s%d events, want %d", c.how, len(got), len(want))
	}
	for i := range got {
		if types[got[i].Type] != want[i].Type {
			c.t.Errorf("%sevent %d is %v, want %v", c.how, i, got[i].Type, want[i].Type)
		}
		c.equal(got[i].Item, want[i].Object)
	}
}

// equal compares an object with what client-go has of it: all of it, and whether
// what is empty is nil.
func (c *compared[T]) equal(got store.Item[T], want runtime.Object) {
	c.t.Helper()
	wanted := want.(T)
	if !c.keep {
		wanted.SetManagedFields(nil)
	}
	item := store.Item[T]{
		Key: store.Key{Namespace: wanted.GetNamespace(), Name: wanted.GetName()},
		UID: wanted.GetUID(), Version: wanted.GetResourceVersion(), Object: wanted,
	}
	if !reflect.DeepEqual(item, got) {
		c.t.Fatalf("%s(-want +got):\n%s", c.how, cmp.Diff(item, got, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

const objectsCompared = 6

// filledObjects are objects that are filled at random, the same each time.
func filledObjects[T object]() (objects []runtime.Object) {
	for seed := range int64(objectsCompared) {
		object := reflect.New(reflect.TypeFor[T]().Elem()).Interface().(T)
		fuzzer.FuzzerFor(metafuzzer.Funcs, rand.NewSource(seed), scheme.Codecs).NilChance(0.2).NumElements(0, 3).MaxDepth(20).Fill(object)
		object.SetNamespace("shop")
		object.SetName(fmt.Sprint("filled-", seed)) // a slash, such as a random name has, is not allowed
		object.SetUID(types.UID(fmt.Sprint("u-", seed)))
		object.SetResourceVersion(fmt.Sprint(100 + seed))
		object.SetManagedFields(append(object.GetManagedFields(), metav1.ManagedFieldsEntry{
			Manager: "kubelet", FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(`{"f:status":{}}`),
		}))
		objects = append(objects, object)
	}
	return objects
}

// The list and the watch of client-go, for comparison.

func (e *encoder) listOfClientGo(t *testing.T, format listwatch.Format) runtime.Object {
	list := e.newList(t)
	options := &metav1.ListOptions{}
	if err := e.client(t, format).Get().Resource("things").VersionedParams(options, scheme.ParameterCodec).Do(t.Context()).Into(list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (e *encoder) watchOfClientGo(t *testing.T, format listwatch.Format) (events []watch.Event) {
	options := &metav1.ListOptions{Watch: true}
	watching, err := e.client(t, format).Get().Resource("things").VersionedParams(options, scheme.ParameterCodec).Watch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer watching.Stop()
	for event := range watching.ResultChan() {
		events = append(events, event)
	}
	return events
}
