// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"encoding/json"
	"fmt"
	"time"
)

// What follows is what a page shows and, with the names of the tags, its JSON: the
// doc comment of [DebugHandler] tells of them.

// debugOverview is all informers.
type debugOverview struct {
	Time      time.Time      `json:"time"`
	Informers []debugSummary `json:"informers"` // the worst first
}

// debugSummary is one informer among all.
type debugSummary struct {
	ID          string         `json:"informer"`
	Resource    string         `json:"resource"`
	Type        string         `json:"type"`
	Level       debugLevel     `json:"level"`
	Problems    []debugProblem `json:"problems,omitempty"`
	Handles     *int           `json:"handles,omitempty"`
	Objects     int            `json:"objects"`
	Version     string         `json:"version"`
	Queued      int            `json:"queued"`
	Quarantined int            `json:"quarantined"`
	Events      uint64         `json:"events"`
	Source      debugSource    `json:"source"`
	Handlers    int            `json:"handlerCount"`
	WorstLag    seconds        `json:"worstLag"`
	WorstName   string         `json:"worstHandler,omitempty"`
	Memory      debugMemory    `json:"memory"`
}

// debugSource is how an informer, or a part of one, gets on with its source.
type debugSource struct {
	Phase         string         `json:"phase"`
	PhaseSince    time.Time      `json:"phaseSince,omitzero"`
	Synced        bool           `json:"synced"`
	Received      int64          `json:"received,omitempty"`
	LastContact   time.Time      `json:"lastContact,omitzero"`
	Staleness     seconds        `json:"staleness"`
	Failures      int            `json:"failures"`
	LastError     string         `json:"lastError,omitempty"`
	LastErrorTime time.Time      `json:"lastErrorTime,omitzero"`
	RetryAt       time.Time      `json:"retryAt,omitzero"`
	Lists         int            `json:"lists"`
	Watches       int            `json:"watches"`
	Errors        int            `json:"errors"`
	Relists       int            `json:"relists"`
	RelistCauses  map[string]int `json:"relistCauses,omitempty"`
}

// debugDetails is one informer with all there is to know of it.
type debugDetails struct {
	Time time.Time `json:"time"`
	debugSummary
	Parts       []debugPart       `json:"parts,omitempty"`
	HandlerList []debugSubscriber `json:"handlers"`
	Indexes     []debugIndex      `json:"indexes"`
	Quarantine  []debugQuarantine `json:"quarantine"`
	Recent      []debugError      `json:"recentErrors"`
	History     *int              `json:"historySteps,omitempty"`
	Object      *debugObject      `json:"object,omitempty"`

	Asked debugAsked `json:"-"`
}

// debugAsked is what the page has to say of the question.
type debugAsked struct {
	Key    string
	Values bool // are shown
}

// debugPart is a namespace or cluster of an informer.
type debugPart struct {
	Name    string      `json:"name"`
	Objects int         `json:"objects"`
	Version string      `json:"version"`
	Source  debugSource `json:"source"`
}

type debugSubscriber struct {
	Name      string  `json:"name"`
	Synced    bool    `json:"synced"`
	Delivered uint64  `json:"delivered"`
	Backlog   uint64  `json:"backlog"`
	Limit     string  `json:"limit"`
	Coalesced uint64  `json:"coalesced"`
	Lag       seconds `json:"lag"`
	Panics    uint64  `json:"panics"`
}

type debugIndex struct {
	Name    string       `json:"name"`
	Values  int          `json:"values"`
	Hidden  bool         `json:"valuesHidden,omitempty"`
	Largest []debugValue `json:"largest"`
}

type debugValue struct {
	Value string `json:"value,omitempty"`
	Count int    `json:"count"`
}

type debugQuarantine struct {
	Key     string    `json:"key"`
	Version string    `json:"version"`
	Stage   string    `json:"stage"`
	Error   string    `json:"error"`
	Since   time.Time `json:"since"`
	States  int       `json:"states"`
	Stale   bool      `json:"stale"`
}

type debugError struct {
	Kind  string    `json:"kind"`
	About string    `json:"about,omitempty"`
	How   string    `json:"how,omitempty"`
	Text  string    `json:"text"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// debugObject is what is known of the key that was searched for.
type debugObject struct {
	Key         string            `json:"key"`
	Cached      bool              `json:"cached"`
	UID         string            `json:"uid,omitempty"`
	Version     string            `json:"version,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Indexes     []debugMembership `json:"indexes,omitempty"`
	Quarantined *debugQuarantine  `json:"quarantined,omitempty"`
	Changes     []debugChange     `json:"changes,omitempty"` // the newest first
	Passed      bool              `json:"changesIncomplete,omitempty"`
	Body        json.RawMessage   `json:"object,omitempty"`
	BodyError   string            `json:"objectError,omitempty"`
}

// debugMembership says in which values of an index an object is.
type debugMembership struct {
	Index  string   `json:"index"`
	Count  int      `json:"count"`
	Values []string `json:"values,omitempty"`
}

type debugChange struct {
	Version string `json:"version"`
	Type    string `json:"type"`
	Listed  bool   `json:"listed,omitempty"`
	Final   bool   `json:"final,omitempty"`
}

// seconds is a time that is a number in JSON.
type seconds time.Duration

// MarshalJSON writes milliseconds behind the point.
func (s seconds) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", time.Duration(s).Seconds()), nil
}

func (s seconds) String() string { return shortDuration(time.Duration(s)) }
