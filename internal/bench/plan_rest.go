// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// restPlan is the plan for informers over an API server: 20,000 pods of some 4 KB,
// of which a quarter are managedFields. Figures are for each pod or event.
var restPlan = []measure{
	overREST("streaming list, JSON", "json/stream", slowerAtMost(0.25), processorShare(0.4), peakShare(0.6), retainedShare(0.55)),
	overREST("list, JSON", "json/list", slowerAtMost(0.45), peakShare(0.4), retainedShare(0.55)),
	overREST("watch, JSON", "json/watch", faster(4), retainedShare(0.55)),
	overREST("streaming list, protobuf", "protobuf/stream", slowerAtMost(0.45), peakShare(0.6), retainedShare(0.55)),
	overREST("list, protobuf", "protobuf/list", retainedShare(0.55)),
	overREST("watch, protobuf", "protobuf/watch", faster(1.5), retainedShare(0.55)),
	slimOverREST(),
	overREST("relist with 1 % changed, JSON", "json/relist", peakOfRetained(1.15), deliveries(200)),
}

func overREST(name, benchmark string, goals ...goal) measure {
	return measure{name: "rest: " + name, benchmark: "Rest/" + benchmark, time: "1x", goals: goals}
}

// slim is appended to the implementation whose objects have a few fields only.
const slim = "-slim"

func slimOverREST() measure {
	m := overREST("streaming list of slim pods, JSON", "json/stream", processorShare(0.2), retainedShare(0.1), peakShare(0.12))
	m.ours = ours + slim
	return m
}

// processorShare asks for at most that share of the other's processor time.
func processorShare(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × CPU", most),
		reached: func(r results) bool { return r.ours.processor <= most*r.peer.processor },
	}
}

// peakShare asks for at most that share of the other's largest heap.
func peakShare(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × peak", most),
		reached: func(r results) bool { return r.ours.peak <= most*r.peer.peak },
	}
}

// retainedShare asks for at most that share of what the other retains.
func retainedShare(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × retained", most),
		reached: func(r results) bool { return r.ours.retained <= most*r.peer.retained },
	}
}

// peakOfRetained asks for a heap that never is more than that many times what is
// retained.
func peakOfRetained(most float64) goal {
	return goal{
		text:    fmt.Sprintf("peak ≤ %g × retained", most),
		reached: func(r results) bool { return r.ours.peak <= most*r.ours.retained },
	}
}
