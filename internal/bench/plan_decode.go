// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// dropping is appended to the implementation that drops managedFields.
const dropping = "-without-managed-fields"

// decoded is the measure of pods as client-go's clientset decodes them, against
// the same made compact. Bytes and allocations are what is retained.
func decoded(encoding string, goals ...goal) measure {
	return measure{
		name:      "decode a pod (" + encoding + ") and keep it",
		benchmark: "Decode/" + encoding + "/plain",
		time:      "3x",
		goals:     goals,
	}
}

// decodedDropping is the same for pods with managedFields, which ours drops.
func decodedDropping(encoding string, goals ...goal) measure {
	return measure{
		name:      "decode a pod with managedFields (" + encoding + ") and keep the rest",
		benchmark: "Decode/" + encoding + "/managed",
		time:      "3x",
		ours:      ours + dropping,
		goals:     goals,
	}
}

// slowerAtMost asks for at most that many times the time.
func slowerAtMost(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × the time", most),
		reached: func(r results) bool { return r.ours.nanoseconds <= most*r.peer.nanoseconds },
	}
}

// bytesShare asks for at most that share of the other's bytes.
func bytesShare(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × B", most),
		reached: func(r results) bool { return r.ours.bytes <= most*r.peer.bytes },
	}
}

// allocationsShare asks for at most that share of the other's allocations.
func allocationsShare(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g × allocs", most),
		reached: func(r results) bool { return r.ours.allocations <= most*r.peer.allocations },
	}
}
