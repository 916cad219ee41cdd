// SPDX-License-Identifier: Apache-2.0

// Package e2e tests informers from end to end: against a real API server, which
// is built from Go modules and runs on loopback, and against package fake.
//
//	make e2e                                    # from the top: everything
//	go test -tags e2e -run TestRestart ./...    # here
//
// What needs the real server has the build tag e2e, and startServer gives it one;
// kubeapi beside this is the program that runs it. So has the test of the debug page,
// which needs chromium. The files without the tag are checks of any server, given a
// *rest.Config, and a comparison with what client-go decodes, which needs none.
//
// Tests wait for events, never for time: a mirror is told what an informer tells
// its handlers, and says when that adds up to what the server has.
package e2e
