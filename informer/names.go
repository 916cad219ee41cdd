// SPDX-License-Identifier: Apache-2.0

package informer

// NameSet is a set of names that may change while informers use it.
type NameSet struct{}
