// SPDX-License-Identifier: Apache-2.0

package informer

// Keyed is an input whose objects are found by what they have in common: a side
// of a [Join], or what a [GroupBy] divides into groups. [By] and [ByMulti] make
// one.
type Keyed[K comparable, T any] struct {
	input  Input[T]
	values func(object T, add func(K))
}

// By finds the objects of an input by one value each, or none if value returns
// false. value is what [index.Add] takes: it is called once for each state of an
// object, and must give the same result for the same object. If it panics the
// object is in quarantine, under its own key with the input's resource in front
// ("pods:shop/web-0"), and its last good state stays where it was.
func By[K comparable, T any](input Input[T], value func(object T) (K, bool)) Keyed[K, T] {
	if value == nil {
		return Keyed[K, T]{input: input}
	}
	return Keyed[K, T]{input, func(object T, add func(K)) {
		if k, ok := value(object); ok {
			add(k)
		}
	}}
}

// ByMulti finds the objects of an input by any number of values each, otherwise
// like [By]. The slice that values returns is read at once and not kept; a value
// that is in it twice counts once.
func ByMulti[K comparable, T any](input Input[T], values func(object T) []K) Keyed[K, T] {
	if values == nil {
		return Keyed[K, T]{input: input}
	}
	return Keyed[K, T]{input, func(object T, add func(K)) {
		for _, k := range values(object) {
			add(k)
		}
	}}
}
