// SPDX-License-Identifier: Apache-2.0

package e2e_test

// robots are objects of a CustomResourceDefinition, which servers treat in other
// ways than those that they have types of.
func robots() []conversation {
	makeRobot := func(name string) step {
		return step{
			do:   "POST {robots}",
			body: `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":{"name":"` + name + `"},"spec":{"arms":2},"status":{"battery":"full"}}`,
			keep: versionAndUID(name),
		}
	}
	const head = `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":{"name":"r"`
	return []conversation{
		{name: "custom", steps: []step{
			makeRobot("r"),
			again(makeRobot("r")),
			{do: "POST {robots}", body: `{"metadata":{"name":"s"}}`},
			{do: "POST {robots}", body: `{"kind":"Robot","metadata":{"name":"s"}}`},
			{do: "POST {robots}", body: `{"apiVersion":"toys.example.com/v1","kind":"Doll","metadata":{"name":"s"}}`},
			{do: "POST {robots}", body: `{"apiVersion":"toys.example.com/v2","kind":"Robot","metadata":{"name":"s"}}`},
			{do: "POST {robots}", body: `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":{"name":"s","labels":{"a":7}}}`},
			{do: "POST {robots}", body: `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":7}`},
			{do: "POST {robots}", body: `{"apiVersion":"toys.example.com/v1","kind":"Robot"}`},
			{do: "GET {robots}/r"},
			{do: "GET {robots}/r", accept: protobufType},
			{do: "GET {robots}/r", accept: protobufType + ",application/json"},
			{do: "GET {robots}/r", accept: jsonMetadata},
			{do: "GET {robots}/r", accept: protobufPartial},
			{do: "GET {robots}/r", accept: jsonTable},
			{do: "GET {robots}/none"},
			{do: "GET {robots}"},
			{do: "GET {robots}", accept: protobufType},
			{do: "GET {robots}", accept: jsonMetadatas},
			{do: "GET {robots}", accept: jsonTable},
			{do: "GET {robots}?fieldSelector=metadata.name=r"},
			{do: "GET {robots}?fieldSelector=spec.arms=2"},
			{do: "GET {robots}?watch=true&resourceVersion={version_r}", open: "all"},
			{do: "GET {robots}?watch=true&resourceVersion={version_r}", accept: protobufType},
			{do: "GET {robots}?watch=true&resourceVersion={version_r}", accept: protobufPartial, open: "metadata in protobuf"},
			{do: "GET {robots}?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", events: 2},
			// Without a version there is no update, and spec and status are separate.
			{do: "PUT {robots}/r", body: head + `},"spec":{"arms":3}}`},
			{do: "PUT {robots}/r", body: head + `,"resourceVersion":"0"},"spec":{"arms":3}}`},
			{do: "PUT {robots}/r", body: head + `,"resourceVersion":"{version_r}"},"spec":{"arms":3},"status":{"battery":"low"}}`},
			{do: "PUT {robots}/r", body: head + `,"resourceVersion":"{version_r}"},"spec":{"arms":4}}`},
			{do: "PUT {robots}/none", body: `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":{"name":"none"}}`},
			{do: "PATCH {robots}/r/status", sends: mergePatch, body: `{"spec":{"arms":5},"status":{"battery":"low"}}`},
			{do: "PATCH {robots}/r/status", sends: mergePatch, body: `{"metadata":{"labels":{"color":"red"}},"status":{"battery":"empty"}}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"metadata":{"labels":{"color":"blue"}}}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"spec":{"legs":2}}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"spec":{"legs":2}}`},
			{do: "PATCH {robots}/r", sends: jsonPatch, body: `[{"op":"test","path":"/spec/legs","value":3}]`},
			{do: "PATCH {robots}/r", sends: "text/plain", body: `{"spec":{"legs":3}}`},
			{do: "POST {robots}", sends: "text/plain", body: `{}`},
			{do: "GET {robots}/r", accept: "text/html"},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"kind":"Doll"}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"apiVersion":"toys.example.com/v2"}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `[]`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"metadata":{"labels":{"a":7}}}`},
			{do: "PATCH {robots}/r", sends: strategicPatch, body: `{"spec":{"legs":3}}`},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"metadata":{"finalizers":["example.com/hold"]}}`},
			{do: "DELETE {robots}/r"},
			{do: "PATCH {robots}/r", sends: mergePatch, body: `{"metadata":{"finalizers":null}}`},
			makeRobot("t"),
			{do: "DELETE {robots}/t"},
			{read: "all", events: 9},
			{read: "metadata in protobuf", events: 9},
		}},
	}
}
