// SPDX-License-Identifier: Apache-2.0

package index

// GetOrAdd returns the index of a name if it has been added already, with the
// same type of values; otherwise it adds it, as [Add] does. It is for those who
// share an indexer without knowing of each other, such as generated accessors:
// the name says what the index is of, and value is not looked at if there is one.
// Whoever gets the index gets it filled.
//
// The error is an [*ExistsError] if the index of that name has values of another
// type, and otherwise that of Add.
func GetOrAdd[K comparable, T any](ix *Indexer[T], name string, value func(object T) (K, bool)) (*Index[K, T], error) {
	return getOrAdd(ix, name, func() (*Index[K, T], error) { return Add(ix, name, value) })
}

// GetOrAddMulti is [GetOrAdd] for [AddMulti].
func GetOrAddMulti[K comparable, T any](ix *Indexer[T], name string, values func(object T) []K) (*Index[K, T], error) {
	return getOrAdd(ix, name, func() (*Index[K, T], error) { return AddMulti(ix, name, values) })
}

func getOrAdd[K comparable, T any](ix *Indexer[T], name string, add func() (*Index[K, T], error)) (*Index[K, T], error) {
	if held, found := handle[K](ix, name); found {
		return held, nil
	}
	added, err := add()
	if err == nil {
		return added, nil
	}
	// Another goroutine may have been quicker.
	if held, found := handle[K](ix, name); found {
		return held, nil
	}
	return nil, err
}

// handle returns the index of a name and type: the one assertion, once an
// accessor.
func handle[K comparable, T any](ix *Indexer[T], name string) (*Index[K, T], bool) {
	held, found := ix.called(name).(*Index[K, T])
	return held, found
}
