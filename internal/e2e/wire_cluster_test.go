// SPDX-License-Identifier: Apache-2.0

package e2e_test

// roles are objects in no namespace, in a group with a name.
func roles() []conversation {
	const mine = "labelSelector=of={ns}"
	makeRole := func(name string) step {
		return step{
			do:   "POST {roles}",
			body: `{"metadata":{"name":"{ns}-` + name + `","labels":{"of":"{ns}"}},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}`,
			keep: versionAndUID(name),
		}
	}
	return []conversation{
		{name: "cluster", steps: []step{
			makeRole("a"),
			again(makeRole("a")),
			makeRole("b:c"),
			{do: "GET {roles}?watch=true&resourceVersion={version_a}&" + mine, open: "mine"},
			{do: "POST {roles}", body: `{"metadata":{"name":"{ns}-x","namespace":"{ns}"},"rules":null}`},
			{do: "POST {roles}", body: `{"metadata":{"name":"{ns}-x/y"},"rules":null}`},
			{do: "GET {roles}?" + mine},
			{do: "GET {roles}?" + mine, accept: protobufType},
			{do: "GET {roles}/{ns}-b:c"},
			{do: "GET {roles}?fieldSelector=metadata.name={ns}-a"},
			{do: "GET {roles}?fieldSelector=metadata.namespace={ns}&" + mine},
			{do: "PUT {roles}/{ns}-a", body: `{"metadata":{"name":"{ns}-a","labels":{"of":"{ns}"},"resourceVersion":"{version_a}"},"rules":[]}`},
			{do: "PUT {roles}/{ns}-a", body: `{"metadata":{"name":"{ns}-a","labels":{"of":"{ns}"},"resourceVersion":"{version_a}"},"rules":[]}`},
			{do: "PUT {roles}/{ns}-a", body: `{"metadata":{"name":"{ns}-a","namespace":"{ns}","labels":{"of":"{ns}"}},"rules":null}`},
			{do: "PATCH {roles}/{ns}-a", sends: mergePatch, body: `{"metadata":{"annotations":{"k":"v"}}}`},
			{do: "DELETE {roles}/{ns}-a"},
			{do: "DELETE {roles}/{ns}-a"},
			{do: "DELETE {roles}?" + mine},
			{read: "mine", events: 5},
		}},
	}
}
