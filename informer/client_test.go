// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// WidgetList is what a client of widgets lists.
type WidgetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Widget `json:"items"`
}

func (l *WidgetList) DeepCopyObject() runtime.Object {
	c := &WidgetList{l.TypeMeta, *l.ListMeta.DeepCopy(), make([]Widget, len(l.Items))}
	for i := range l.Items {
		c.Items[i] = *l.Items[i].DeepCopyObject().(*Widget)
	}
	return c
}

// overHTTP is a source over a client as client-go's generator writes them, which
// reaches the server in process.
func overHTTP(t *testing.T, server *fake.APIServer) listwatch.ListWatcher[*Widget] {
	t.Helper()
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(widgets.GroupVersion(), &Widget{}, &WidgetList{})
	metav1.AddToGroupVersion(scheme, widgets.GroupVersion())
	config, version := server.RESTConfig(), widgets.GroupVersion()
	config.GroupVersion, config.APIPath = &version, "/apis"
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	typed := gentype.NewClientWithList[*Widget, *WidgetList](widgets.Resource, client, runtime.NewParameterCodec(scheme), "",
		func() *Widget { return &Widget{} }, func() *WidgetList { return &WidgetList{} })
	return listwatch.FromClient[*Widget](typed)
}
