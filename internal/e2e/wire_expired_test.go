// SPDX-License-Identifier: Apache-2.0

package e2e_test

// expired is the conversation with a server that forgets its past.
const expired = "expired"

func expiries() []conversation {
	return []conversation{
		{name: expired, steps: []step{
			makeConfigMap("a", ""),
			makeConfigMap("b", ""),
			makeConfigMap("c", ""),
			{do: "GET {configmaps}?limit=1", keep: "next=metadata.continue"},
			makeConfigMap("d", ""),
			{forget: true},
			{do: "GET {configmaps}?limit=1&continue={next}", keep: "rest=metadata.continue"},
			{do: "GET {configmaps}?limit=1&continue={next}", accept: protobufType},
			makeConfigMap("bb", ""),
			{do: "GET {configmaps}?limit=2&continue={rest}", keep: "last=metadata.continue"},
			{do: "GET {configmaps}?limit=2&continue={last}"},
			{do: "GET {configmaps}?continue={rest}"},
			{do: "GET {configmaps}?resourceVersion={version_b}&resourceVersionMatch=Exact"},
			{do: "GET {configmaps}?resourceVersion={version_b}&resourceVersionMatch=Exact&limit=1"},
			{do: "GET {configmaps}?resourceVersion={version_b}&limit=1"},
			{do: "GET {configmaps}?resourceVersion={version_b}"},
			{do: "GET {configmaps}?resourceVersion={version_b}&resourceVersionMatch=NotOlderThan"},
			{do: "GET {configmaps}/a?resourceVersion={version_b}"},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}", toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}&allowWatchBookmarks=true", toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}", accept: protobufType, toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}", accept: jsonMetadata, toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}", accept: protobufPartial, toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}", accept: jsonTable, toEnd: true},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_b}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", events: 6},
			{do: "GET {configmaps}?watch=true&resourceVersion={version_bb}&timeoutSeconds=1", toEnd: true},
		}},
	}
}
