// SPDX-License-Identifier: Apache-2.0

package e2e_test

func paths() []conversation {
	return []conversation{
		{"paths", []step{
			{do: "GET /nothing"},
			{do: "GET /api/v1/namespaces/{ns}/nothing"},
			{do: "GET /api/v1/namespaces/{ns}/nothing/a"},
			{do: "POST /api/v1/namespaces/{ns}/nothing", body: `{}`},
			{do: "GET /api/v1/nothing"},
			{do: "GET /api/v7/configmaps"},
			{do: "GET /apis/nothing.example.com/v1/things"},
			{do: "GET /apis/nothing.example.com/v1/namespaces/{ns}/things"},
			{do: "GET /apis/nothing.example.com"},
			{do: "GET /apis/nothing.example.com/v1"},
			{do: "GET /api/v1/namespaces/{ns}/nothing", accept: protobufType},
			{do: "GET /nothing", accept: "text/html"},
			{do: "GET {configmaps}/a/b/c"},
			{do: "GET {configmaps}/a/status"},
			{do: "GET {configmaps}/"},
			{do: "GET {roles}/a/status"},
			{do: "GET /apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/clusterroles"},
			{do: "GET /api/v1/configmaps/a"},
			{do: "PUT {configmaps}", body: `{}`},
			{do: "PATCH {configmaps}", sends: mergePatch, body: `{}`},
			{do: "POST {configmaps}/a", body: `{}`},
			{do: "POST /api/v1/configmaps", body: `{}`},
			{do: "DELETE /api/v1/configmaps"},
			{do: "POST {pods}/a/status", body: `{}`},
			{do: "DELETE {pods}/a/status"},
			{do: "OPTIONS {configmaps}"},
			{do: "TRACE {configmaps}"},
		}},
	}
}
