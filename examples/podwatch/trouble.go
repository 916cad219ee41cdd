// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/informer"
)

// quiet is for how long a server may say nothing: there is a bookmark about every
// minute.
const quiet = 2 * time.Minute

// unreadable is how many pods that cannot be read are named.
const unreadable = 3

// trouble says what is wrong with what the table shows; empty if nothing is.
func trouble(health informer.Health, server string) string {
	var text strings.Builder
	// A quiet watch after a failure is well once a bookmark has come.
	failing := health.Failures > 0 && !health.LastContact.After(health.LastErrorTime)
	if stale := health.Staleness.Round(time.Second); failing && stale > 0 || stale > quiet {
		fmt.Fprintf(&text, "The server last said something %v ago; this is the state of then.\n", stale)
	}
	var failure *informer.SourceError
	if failing && errors.As(health.LastError, &failure) {
		fmt.Fprintf(&text, "%s failed, %s: %v\n", tries(health.Failures), next(health, failure.Wait), advise(bare(failure.Err), server))
	}
	for _, pod := range health.Quarantined[:min(unreadable, len(health.Quarantined))] {
		fmt.Fprintf(&text, "%s cannot be read: %v\n", pod.Key, pod.Err)
	}
	if more := len(health.Quarantined) - unreadable; more > 0 {
		fmt.Fprintf(&text, "… nor can %d more\n", more)
	}
	return text.String()
}

func tries(n int) string {
	if n == 1 {
		return "A try has"
	}
	return fmt.Sprintf("%d tries have", n)
}

// next says when it is tried again.
func next(health informer.Health, wait time.Duration) string {
	if left := time.Until(health.LastErrorTime.Add(wait)); left > 0 {
		return fmt.Sprintf("the next is in %v", (left + time.Second - 1).Truncate(time.Second))
	}
	return fmt.Sprintf("the next has been under way for %v", time.Since(health.PhaseSince).Truncate(time.Second))
}

// bare is an error without the URL, where it is about the way to the server.
func bare(err error) error {
	var network *net.OpError
	if errors.As(err, &network) {
		return network
	}
	return err
}

// advise adds to an error what a person can do about it here.
func advise(err error, server string) error {
	var network *net.OpError
	switch {
	case errors.As(err, &network):
		return fmt.Errorf("%w\n--kubeconfig and --context choose another server than %s", err, server)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("%w\n--namespace asks for the pods of one namespace only", err)
	}
	return err
}
