// SPDX-License-Identifier: Apache-2.0

package informer

// SizeOf returns how large the debug page takes an object to be.
func SizeOf[T any](object T) int64 { return sizeOf(object) }

// Report reports an error as the informer itself does.
func (inf *Informer[T]) Report(err error) { inf.report(err) }

// RecentLimit is how many different errors the debug page has.
const RecentLimit = recentLimit
