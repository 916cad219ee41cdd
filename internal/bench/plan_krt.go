// SPDX-License-Identifier: Apache-2.0

package main

// istio's krt is measured on demand: building what it needs of istio takes
// minutes.
const (
	krt       = "krt"
	krtModule = "krt" // the directory of its measurements
)

// krtPlan is the plan for views: of 10,000 pods and 1,000 services where changes
// go through, of 100,000 pods where they are read. Ours is measured from the
// source of the informer that the view is of, krt from its static collection.
var krtPlan = []measure{
	viewed("10,000 changes through a Map, an event", "map", "1s"),
	viewed("10,000 changes through a Join and a GroupBy, an event", "chain", "1s"),
	viewed("one change through a Join and a GroupBy", "single", "1s"),
	viewed("get from a view of 100,000", "get", "300ms"),
	viewed("iterate over a view of 100,000", "all", "300ms"),
	viewed("look up 100 of a view of 100,000 by index", "by-node", "300ms"),
}

func viewed(name, benchmark, time string) measure {
	return measure{name: "view: " + name, benchmark: "View/" + benchmark, time: time, peer: krt, goals: []goal{faster(1)}}
}
