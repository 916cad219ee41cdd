// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// writer is the part of a typed client that writes.
type writer[T any] interface {
	Create(ctx context.Context, object T, options metav1.CreateOptions) (T, error)
	Update(ctx context.Context, object T, options metav1.UpdateOptions) (T, error)
	Delete(ctx context.Context, name string, options metav1.DeleteOptions) error
}

// traffic makes random changes to the objects of one resource in one namespace.
// It is the only one who does, and so knows what there is.
type traffic[T metav1.Object] struct {
	client writer[T]
	make   func(name string) T
	random *rand.Rand
	made   int
	live   []T
}

func newTraffic[T metav1.Object](client writer[T], make func(name string) T, seed uint64) *traffic[T] {
	return &traffic[T]{client: client, make: make, random: rand.New(rand.NewPCG(seed, 0))}
}

// changer is traffic of whatever type.
type changer interface {
	change(ctx context.Context) error
}

// run makes so many changes, each to one resource of several.
func run(ctx context.Context, t *testing.T, changes int, all ...changer) {
	t.Helper()
	for i := range changes {
		if err := all[i%len(all)].change(ctx); err != nil {
			t.Fatalf("change %d of %d: %v", i+1, changes, err)
		}
	}
}

// change creates, updates or deletes an object, the more often in this order.
func (w *traffic[T]) change(ctx context.Context) error {
	dice := w.random.IntN(10)
	switch {
	case dice < 4 || len(w.live) == 0:
		return w.create(ctx)
	case dice < 8:
		return w.update(ctx)
	default:
		return w.delete(ctx)
	}
}

func (w *traffic[T]) create(ctx context.Context) error {
	w.made++
	object := w.make(fmt.Sprintf("object-%d", w.made))
	w.label(object)
	created, err := w.client.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create %s: %w", object.GetName(), err)
	}
	w.live = append(w.live, created)
	return nil
}

func (w *traffic[T]) update(ctx context.Context) error {
	chosen := w.random.IntN(len(w.live))
	object := w.live[chosen]
	w.label(object)
	updated, err := w.client.Update(ctx, object, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("update %s: %w", object.GetName(), err)
	}
	w.live[chosen] = updated
	return nil
}

func (w *traffic[T]) delete(ctx context.Context) error {
	chosen, last := w.random.IntN(len(w.live)), len(w.live)-1
	name := w.live[chosen].GetName()
	if err := w.client.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	w.live[chosen] = w.live[last]
	w.live = w.live[:last]
	return nil
}

// label makes each state different from the one before, and has objects start
// and stop to match a selector for one side.
func (w *traffic[T]) label(object metav1.Object) {
	object.SetLabels(map[string]string{
		"side":  [...]string{"left", "right"}[w.random.IntN(2)],
		"touch": fmt.Sprint(w.random.Uint64()),
	})
}

func (w *traffic[T]) state() versions {
	state := versions{}
	for _, object := range w.live {
		state.set(object)
	}
	return state
}

func newConfigMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"name": name}}
}

func newPod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "example.com/main:1"}}},
	}
}
