// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A difference is a field that the fake does not have as a real server has it.
type difference struct {
	in     string // the field that it is a part of, or that a list of its owners is
	fields []string
	why    string
}

// knownDifferences are what the fake may have in another way: transcripts leave
// these fields out. Whatever is not among them is the same on both.
var knownDifferences = []difference{
	{"metadata", []string{"managedFields"},
		"server-side apply is out of scope, and nobody else reads them"},
	{"spec", []string{
		"dnsPolicy", "enableServiceLinks", "preemptionPolicy", "priority", "restartPolicy", "schedulerName",
		"securityContext", "terminationGracePeriodSeconds", "tolerations",
	}, "the defaults of pods: the fake stores objects as they are given"},
	{"containers", []string{"imagePullPolicy", "terminationMessagePath", "terminationMessagePolicy"},
		"as above"},
	{"status", []string{"phase", "qosClass"},
		"as above"},
	{"resources", []string{"shortNames", "categories", "storageVersionHash"},
		"what kubectl calls resources, and how they are stored"},
	{"", []string{"serverAddressByClientCIDRs"},
		"where to reach the server from elsewhere"},
	{"columnDefinitions", []string{"description"},
		"too long to be compared"},
}

// reconcile leaves out what is known to differ, in one object of JSON that is the
// value of name.
func reconcile(name string, fields map[string]any) {
	for _, d := range knownDifferences {
		if d.in == name {
			for _, field := range d.fields {
				delete(fields, field)
			}
		}
	}
	silence(name, fields)
	reconcileLists(name, fields)
	reconcileDiscovery(fields)
	reconcileTable(name, fields)
}

// reconcileLists has no empty continue tokens: of lists of custom resources they are
// sent.
func reconcileLists(name string, fields map[string]any) {
	if name == "metadata" && fields["continue"] == "" {
		delete(fields, "continue")
	}
}

// spoken are the reasons of a Status whose words controllers and people know.
var spoken = []metav1.StatusReason{
	metav1.StatusReasonNotFound,
	metav1.StatusReasonAlreadyExists,
	metav1.StatusReasonConflict,
	metav1.StatusReasonTimeout,
	metav1.StatusReasonMethodNotAllowed,
}

// storageError is how a server says where in etcd something was found to be wrong.
var storageError = regexp.MustCompile(`StorageError: .* AdditionalErrorMsg: `)

// silence leaves out the words of all other errors, and those of causes.
func silence(name string, fields map[string]any) {
	reason, _ := fields["reason"].(string)
	if message, ok := fields["message"].(string); ok {
		fields["message"] = storageError.ReplaceAllString(message, "")
	}
	if fields["kind"] != "Status" && name != "causes" || slices.Contains(spoken, metav1.StatusReason(reason)) {
		return
	}
	if _, ok := fields["message"].(string); ok {
		fields["message"] = "…"
	}
}

// reconcileDiscovery leaves what both have: of a server's resources, those of
// newWireFake, and their verbs in one order.
func reconcileDiscovery(fields map[string]any) {
	if fields["kind"] == "APIGroupDiscoveryList" {
		fields["items"] = "…"
	}
	if resources, ok := fields["resources"].([]any); ok && fields["kind"] == "APIResourceList" {
		fields["resources"] = slices.DeleteFunc(resources, func(resource any) bool {
			name, _ := resource.(map[string]any)["name"].(string)
			return !slices.Contains([]string{"configmaps", "pods", "pods/status", "clusterroles", "robots", "robots/status"}, name)
		})
	}
	if verbs, ok := fields["verbs"].([]any); ok {
		slices.SortFunc(verbs, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
}

// reconcileTable leaves the first column of a table. The others are what a server
// thinks that people want to see of this resource; the fake knows of none.
func reconcileTable(name string, fields map[string]any) {
	for _, each := range []struct{ in, field string }{{"", "columnDefinitions"}, {"object", "columnDefinitions"}, {"rows", "cells"}} {
		if cells, ok := fields[each.field].([]any); ok && each.in == name && len(cells) > 0 {
			fields[each.field] = cells[:1]
		}
	}
}
