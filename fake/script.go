// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Script says which calls to an [APIServer] go wrong, and how; [APIServer.Play]
// starts it. The zero Script is a server without faults.
//
// A script prints as Go code (%v and %#v alike), so that one that was drawn at
// random becomes a test by pasting it.
type Script struct {
	// Seed decides, together with the place of a rule and the number of the
	// call, about the rules that have a Chance.
	Seed uint64
	// Rules are tried in their order. The first that applies to a call decides
	// about it, even if its fault makes no difference there.
	Rules []Rule
}

// Rule applies a fault to some calls. The zero Rule would apply to all of them.
type Rule struct {
	// Verb is one of "list", "watch", "stream", "get", "create", "update",
	// "patch", "delete" and "deletecollection"; empty means all. A "stream" is
	// a streaming list, that is a watch with sendInitialEvents; "watch" means
	// the others. Each page of a list is a call.
	Verb string
	// Resource is the plural name, such as "pods", in whatever group; empty
	// means all. A subresource counts as its resource.
	Resource string
	// From and To are the first and the last call that the rule is for, among
	// those of its verb and resource since [APIServer.Play], counted from 1:
	// From 3, To 3 is the third one alone. From zero means from the first one
	// on, To zero that there is no last one.
	From, To int
	// Chance is how likely the rule applies to each of these calls, between 0
	// and 1; zero means that it always does. What is drawn depends on the seed,
	// the place of the rule and the number of the call, and on nothing else: in
	// which order clients that run side by side come changes nothing.
	Chance float64
	// Fault is what happens then.
	Fault Fault
}

// verbs are those that a rule may be for.
func verbs() []string {
	return []string{"", verbList, verbWatch, verbStream, verbGet, verbCreate, verbUpdate, verbPatch, verbDelete, verbDeleteCollection}
}

// flaw finds a rule that can never apply as it was meant: a slip of the pen would
// otherwise make a test that tests nothing.
func (s *Script) flaw() error {
	for i := range s.Rules {
		rule := &s.Rules[i]
		var what string
		switch {
		case !slices.Contains(verbs(), rule.Verb):
			what = fmt.Sprintf("there is no verb %q; it is one of %s", rule.Verb, strings.Join(verbs()[1:], ", "))
		case rule.From < 0 || rule.To < 0 || rule.To > 0 && rule.To < rule.From:
			what = fmt.Sprintf("there are no calls from %d to %d", rule.From, rule.To)
		case rule.Chance < 0 || rule.Chance > 1:
			what = fmt.Sprintf("a chance of %v is not between 0 and 1", rule.Chance)
		}
		if what != "" {
			return fmt.Errorf("fake: rule %d of the script: %s", i, what)
		}
	}
	return nil
}

// counts says whether a request is one of those that the rule counts.
func (r *Rule) counts(request *Request) bool {
	return (r.Verb == "" || r.Verb == request.ruleVerb()) &&
		(r.Resource == "" || r.Resource == request.Resource.Resource)
}

// applies says whether the rule at place takes effect on its nth call.
func (r *Rule) applies(seed uint64, place, nth int) bool {
	if nth < r.From || r.To > 0 && nth > r.To {
		return false
	}
	return r.Chance == 0 || draw(seed, place, nth) < r.Chance
}

// draw returns a number from 0 up to 1. A generator that hands out its numbers
// in the order of the calls would make a schedule depend on who comes first.
func draw(seed uint64, place, nth int) float64 {
	return rand.New(rand.NewPCG(seed, uint64(place)<<32+uint64(nth))).Float64()
}
