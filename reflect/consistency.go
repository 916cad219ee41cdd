// SPDX-License-Identifier: Apache-2.0

package reflect

// Consistency says which state of the server a list asks for. Whatever it asks
// for, a cache never goes back to an older state than one it has shown, unless
// that is the newest there is: a server that was restored from a backup.
type Consistency uint8

const (
	// NotOlderThan asks for anything that is not older than what was seen
	// before, which the server can answer from memory; the first list takes
	// what is at hand, or nothing older than Options.MinVersion. If the server
	// has not come so far, the newest state is asked for.
	NotOlderThan Consistency = iota
	// MostRecent always asks for the newest state. On servers without
	// consistent reads from cache (before 1.31) that reads all of it from etcd.
	MostRecent
	// Any always takes what is at hand. A list that turns out to be older than
	// what was seen before is thrown away and asked for again.
	Any
)

// String returns the name of the constant.
func (c Consistency) String() string {
	switch c {
	case NotOlderThan:
		return "NotOlderThan"
	case MostRecent:
		return "MostRecent"
	case Any:
		return "Any"
	}
	return "Consistency(?)"
}

// first returns the version to ask the first list for, least being the oldest
// that will do.
func (c Consistency) first(least string) string {
	switch {
	case c == MostRecent:
		return ""
	case c == NotOlderThan && least != "":
		return least
	}
	return "0"
}

// later returns the version to ask a list for after the given one was seen.
func (c Consistency) later(seen string) string {
	switch c {
	case MostRecent:
		return ""
	case Any:
		return "0"
	}
	return seen
}
