// SPDX-License-Identifier: Apache-2.0

package e2e_test

import "slices"

// conversations are all there are.
func conversations() []conversation {
	return slices.Concat(
		gets(),
		lists(),
		watches(),
		expiries(),
		creates(),
		updates(),
		patches(),
		deletes(),
		paths(),
		robots(),
		roles(),
	)
}

// Media types that clients ask for.
const (
	protobufType    = "application/vnd.kubernetes.protobuf"
	jsonTable       = "application/json;as=Table;v=v1;g=meta.k8s.io"
	jsonMetadata    = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
	jsonMetadatas   = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
	protobufPartial = protobufType + ";as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
)

// Media types of patches.
const (
	mergePatch     = "application/merge-patch+json"
	jsonPatch      = "application/json-patch+json"
	strategicPatch = "application/strategic-merge-patch+json"
)

// makeConfigMap is a step that makes one, with labels as JSON has them. The names
// it keeps are those of makePod too: version_… and uid_….
func makeConfigMap(name, labels string) step {
	if labels == "" {
		labels = "{}"
	}
	return step{
		do:   "POST {configmaps}",
		body: `{"metadata":{"name":"` + name + `","labels":` + labels + `},"data":{"name":"` + name + `"}}`,
		keep: versionAndUID(name),
	}
}

func makePod(name string) step {
	return step{
		do:   "POST {pods}",
		body: `{"metadata":{"name":"` + name + `"},"spec":{"containers":[{"name":"main","image":"example.com/main:1"}]}}`,
		keep: versionAndUID(name),
	}
}

// again is a step that may fail the second time.
func again(s step) step {
	s.keep = ""
	return s
}

func versionAndUID(name string) string {
	return "version_" + name + "=metadata.resourceVersion uid_" + name + "=metadata.uid"
}
