// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/store"

// DetectMutations makes an informer that has not run yet look at all its objects,
// when CheckMutations is called.
func (inf *Informer[T]) DetectMutations() {
	if inf.mutations == nil {
		inf.detectMutations(1, -1)
	}
}

// CheckedObject caches one object in an informer that looks at it, and returns
// its CheckMutations.
func CheckedObject[T any](object T) (check func() error) {
	inf := New[T](nil, Options{DetectMutations: 1, MutationPeriod: -1})
	inf.store.Apply(func(tx store.Tx[T]) {
		_, _, _ = tx.Put(store.Item[T]{Key: store.Key{Name: "it"}, Object: object}) // no index refuses it
	})
	return inf.CheckMutations
}
