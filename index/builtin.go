// SPDX-License-Identifier: Apache-2.0

package index

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The names of the indexes that this file adds; [AddLabel] takes its own.
const (
	LabelsIndex     = "labels"
	OwnerIndex      = "owner"
	ControllerIndex = "controller"
)

// Label is one label of an object: the value of the index of [AddLabels].
type Label struct{ Key, Value string }

// String returns "key=value".
func (l Label) String() string { return l.Key + "=" + l.Value }

// AddLabels adds an index of objects by each of their labels, under the name
// [LabelsIndex]. With many labels an object it is the largest of indexes; if one
// label is asked for, [AddLabel] is smaller. Errors are those of [Add].
func AddLabels[T metav1.Object](ix *Indexer[T]) (*Index[Label, T], error) {
	return AddMulti(ix, LabelsIndex, func(object T) []Label {
		set := object.GetLabels()
		labels := make([]Label, 0, len(set))
		for key, value := range set {
			labels = append(labels, Label{key, value})
		}
		return labels
	})
}

// AddLabel adds an index of objects by the value of one label; an object
// without it is not in the index. Its name is the label's key. Errors are those
// of [Add].
func AddLabel[T metav1.Object](ix *Indexer[T], key string) (*Index[string, T], error) {
	return Add(ix, key, func(object T) (string, bool) {
		value, has := object.GetLabels()[key]
		return value, has
	})
}

// AddOwners adds an index of objects by the UIDs of all their owners, under the
// name [OwnerIndex]. Errors are those of [Add].
func AddOwners[T metav1.Object](ix *Indexer[T]) (*Index[types.UID, T], error) {
	return AddMulti(ix, OwnerIndex, func(object T) []types.UID {
		references := object.GetOwnerReferences()
		owners := make([]types.UID, len(references))
		for i := range references {
			owners[i] = references[i].UID
		}
		return owners
	})
}

// AddController adds an index of objects by the UID of the owner that controls
// them, under the name [ControllerIndex]; an object without one is not in the
// index. Errors are those of [Add].
func AddController[T metav1.Object](ix *Indexer[T]) (*Index[types.UID, T], error) {
	return Add(ix, ControllerIndex, func(object T) (types.UID, bool) {
		controller := metav1.GetControllerOfNoCopy(object)
		if controller == nil {
			return "", false
		}
		return controller.UID, true
	})
}
