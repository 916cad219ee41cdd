// SPDX-License-Identifier: Apache-2.0

package reflect

// Phase is what a [Reflector] is doing.
type Phase uint8

const (
	// StreamingList reads what there is as the beginning of a watch (KEP-3157).
	StreamingList Phase = iota + 1
	// Listing reads what there is page by page.
	Listing
	// Watching reads changes as they come.
	Watching
	// Waiting lets time pass after a failure, before it is tried again.
	Waiting
	// Ended is after Run.
	Ended
	// Queued waits for [Options].ListSemaphore to let it list.
	Queued
)

// String returns what the phase does, to be read in a sentence.
func (p Phase) String() string {
	switch p {
	case StreamingList:
		return "streaming list"
	case Listing:
		return "list"
	case Watching:
		return "watch"
	case Waiting:
		return "wait"
	case Ended:
		return "end"
	case Queued:
		return "wait for a turn to list"
	}
	return "Phase(?)"
}
