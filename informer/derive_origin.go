// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/resourceversion"

	"github.com/typedinformer/typedinformer/queue"
)

// An origin is what a resource version is of: an informer that reads one source.
// A view has the origins of its inputs, and a version of each. An informer over a
// [NameSet] is none, since its versions come and go with the names.
type origin struct{ name string }

// versionPart returns the number of the part that has the version of an origin.
// A view of several has a part for each, with nothing but that.
func (inf *Informer[T]) versionPart(i int) int32 {
	if len(inf.origins) == 1 {
		return 0
	}
	return int32(i + 1)
}

// trace is where the version of an origin comes from: the same origin of one
// input or several, if an input and a view of it are joined, say.
type trace struct {
	last string // that was handed on
	from []ancestor
}

type ancestor struct {
	inlet anyInlet
	index int // of its lineage
}

// traces returns the origins of all inlets, each once, and the trace of each.
func traces(inlets []anyInlet) (origins []*origin, all []trace) {
	for _, in := range inlets {
		for i, o := range in.lineage() {
			at := slices.Index(origins, o)
			if at < 0 {
				at = len(origins)
				origins, all = append(origins, o), append(all, trace{})
			}
			all[at].from = append(all[at].from, ancestor{in, i})
		}
	}
	return origins, all
}

// addParts gives a view of several origins a part for each.
func (inf *Informer[T]) addParts() {
	if len(inf.origins) < 2 {
		return
	}
	taken := map[string]int{}
	for i, o := range inf.origins {
		name := o.name
		if taken[o.name]++; taken[o.name] > 1 {
			name = fmt.Sprintf("%s-%d", o.name, taken[o.name])
		}
		p := barePart[T](name, inf.versionPart(i))
		close(p.synced) // it has no list of its own
		inf.parts[p.number] = p
	}
}

// version returns the version up to which all inlets have been read; empty if
// one has none.
func (t *trace) version() string {
	lowest := t.from[0].inlet.versionAt(t.from[0].index)
	for _, a := range t.from[1:] {
		version := a.inlet.versionAt(a.index)
		order, err := resourceversion.CompareResourceVersion(version, lowest)
		if err != nil {
			return ""
		}
		if order < 0 {
			lowest = version
		}
	}
	return lowest
}

// bookmarks appends the versions that have moved on.
func (v *view[T]) bookmarks(batch []queue.Delta[T]) []queue.Delta[T] {
	for i := range v.traces {
		t := &v.traces[i]
		if version := t.version(); version != "" && version != t.last {
			t.last = version
			bookmark := queue.Delta[T]{Type: queue.Bookmark, Part: v.informer.versionPart(i)}
			bookmark.Item.Version = version
			batch = append(batch, bookmark)
		}
	}
	return batch
}
