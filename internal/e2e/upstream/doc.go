// SPDX-License-Identifier: Apache-2.0

// Package upstream has the tests in which other people's code runs on this library's
// informers, unchanged: controllers of Kubernetes and a manager of controller-runtime.
// It is a module of its own, since it is built of all of Kubernetes, as kubeapi is.
package upstream
