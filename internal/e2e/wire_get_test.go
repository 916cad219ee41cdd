// SPDX-License-Identifier: Apache-2.0

package e2e_test

func gets() []conversation {
	return []conversation{
		{name: "get", steps: []step{
			makeConfigMap("a", `{"color":"red"}`),
			makePod("p"),
			{do: "GET {configmaps}/a"},
			{do: "GET {configmaps}/a", accept: none},
			{do: "GET {configmaps}/a", accept: "*/*"},
			{do: "GET {configmaps}/a", accept: "application/*"},
			{do: "GET {configmaps}/a", accept: protobufType},
			{do: "GET {configmaps}/a", accept: protobufType + ",application/json"},
			{do: "GET {configmaps}/a", accept: "text/html"},
			{do: "GET {configmaps}/a", accept: "text/html,*/*"},
			{do: "GET {configmaps}/a", accept: jsonTable},
			{do: "GET {configmaps}/a?includeObject=None", accept: jsonTable},
			{do: "GET {configmaps}/a?includeObject=Object", accept: jsonTable},
			{do: "GET {configmaps}/a?includeObject=Some", accept: jsonTable},
			{do: "GET {configmaps}/a", accept: jsonMetadata},
			{do: "GET {configmaps}/a", accept: jsonMetadatas},
			{do: "GET {configmaps}/a", accept: "application/json;as=Poem;v=v1;g=meta.k8s.io"},
			{do: "GET {configmaps}/a", accept: protobufPartial},
			{do: "GET {configmaps}/a", accept: "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io"},
			{do: "GET {configmaps}/a?pretty=false"},
			{do: "GET {configmaps}/a?resourceVersion=0"},
			{do: "GET {configmaps}/a?resourceVersion=abc"},
			{do: "GET {configmaps}/b"},
			{do: "GET {configmaps}/b", accept: protobufType},
			{do: "GET {configmaps}/b", accept: jsonTable},
			{do: "GET {configmaps}/b", accept: jsonMetadata},
			{do: "GET {pods}/p"},
			{do: "GET {pods}/p/status"},
			{do: "GET {pods}/p", accept: protobufType},
			{do: "GET {pods}/p", accept: jsonTable},
			{do: "GET {pods}/q/status"},
			{do: "GET {roles}/{ns}-a"},
		}},
	}
}
