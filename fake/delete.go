// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	optionsvalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// delete removes the object of key, or marks it as being deleted if finalizers
// hold that up. It returns the object as it is then, and whether it is gone.
//
// Nothing is deleted gracefully, pods neither: a grace period has no effect. A
// deletion with the policy Foreground or Orphan adds the finalizer that it adds
// on a server, but there is no garbage collector to remove it, nor one that
// deletes what an object owns.
func (s *APIServer) delete(t table, key store.Key, options metav1.DeleteOptions) (object Object, gone bool, err error) {
	d := t.define()
	if err := admit(d, "", "DeleteOptions", optionsvalidation.ValidateDeleteOptions(&options)); err != nil {
		return nil, false, err
	}
	object, err = t.transform(key, func(current Object, _ types.UID) (step, error) {
		if current == nil {
			return step{}, errNotFound(d, key.Name)
		}
		if err := checkPreconditions(d, options.Preconditions, current); err != nil {
			return step{}, err
		}
		var next step
		next, gone = deletion(current, options)
		switch {
		case !isDryRun(options.DryRun):
			return next, nil
		case next.put != nil:
			return step{answer: next.put}, nil
		}
		return step{answer: current}, nil
	})
	return object, gone && err == nil, err
}

// deleteCollection deletes what is in scope, one object after the other, and
// returns what was found.
func (s *APIServer) deleteCollection(t table, scope Scope, options metav1.DeleteOptions) (found tablePage, err error) {
	if err := admit(t.define(), "", "DeleteOptions", optionsvalidation.ValidateDeleteOptions(&options)); err != nil {
		return found, err
	}
	found, err = t.page(context.Background(), scope, listwatch.ListOptions{})
	if err != nil {
		return found, err
	}
	for _, object := range found.objects {
		// What somebody else has deleted meanwhile is as it should be.
		if _, _, err := s.delete(t, keyOf(object), options); err != nil && !apierrors.IsNotFound(err) {
			return found, err
		}
	}
	return found, nil
}

func checkPreconditions(d definition, wanted *metav1.Preconditions, current Object) error {
	if wanted == nil {
		return nil
	}
	// Here, and nowhere else, a conflict names the kind and not the resource.
	kind := schema.GroupResource{Group: d.resource.Group, Resource: d.kind}
	if uid := wanted.UID; uid != nil && *uid != current.GetUID() {
		return errConflict(kind, current.GetName(), "the UID in the precondition (%s) does not match the UID in record (%s). The object might have been deleted and then recreated", *uid, current.GetUID())
	}
	if version := wanted.ResourceVersion; version != nil && *version != current.GetResourceVersion() {
		return errConflict(kind, current.GetName(), "the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). The object might have been modified", *version, current.GetResourceVersion())
	}
	return nil
}

// deletion is what a delete makes of an object.
func deletion(current Object, options metav1.DeleteOptions) (next step, gone bool) {
	finalizers := finalizersFor(options, current.GetFinalizers())
	last := copyOf(current)
	if len(finalizers) == 0 {
		return step{remove: last}, true
	}
	marked := current.GetDeletionTimestamp() != nil
	if marked && slices.Equal(finalizers, current.GetFinalizers()) {
		return step{answer: current}, false // it is on its way already
	}
	last.SetFinalizers(finalizers)
	if !marked {
		at, grace := now(), int64(0)
		last.SetDeletionTimestamp(&at)
		last.SetDeletionGracePeriodSeconds(&grace)
		if generation := current.GetGeneration(); generation > 0 {
			last.SetGeneration(generation + 1) // which a server does too
		}
	}
	return step{put: last}, false
}

// finalizersFor returns the finalizers of an object that is deleted with these
// options: what is to become of its dependents is said by one of two.
func finalizersFor(options metav1.DeleteOptions, current []string) []string {
	wanted := propagation(options, current)
	kept := slices.DeleteFunc(slices.Clone(current), func(finalizer string) bool {
		return finalizer != wanted && (finalizer == metav1.FinalizerOrphanDependents || finalizer == metav1.FinalizerDeleteDependents)
	})
	if wanted != "" && !slices.Contains(kept, wanted) {
		kept = append(kept, wanted)
	}
	return kept
}

// propagation returns the finalizer that the options ask for, "" for none. If
// they ask for nothing, it is the one that there is.
func propagation(options metav1.DeleteOptions, current []string) string {
	//lint:ignore SA1019 It is deprecated, but there are clients that send it.
	policy, orphan := options.PropagationPolicy, options.OrphanDependents
	switch {
	case orphan != nil && *orphan:
		return metav1.FinalizerOrphanDependents
	case orphan != nil:
		return ""
	case policy != nil && *policy == metav1.DeletePropagationOrphan:
		return metav1.FinalizerOrphanDependents
	case policy != nil && *policy == metav1.DeletePropagationForeground:
		return metav1.FinalizerDeleteDependents
	case policy != nil:
		return ""
	}
	for _, finalizer := range current {
		if finalizer == metav1.FinalizerOrphanDependents || finalizer == metav1.FinalizerDeleteDependents {
			return finalizer
		}
	}
	return ""
}
