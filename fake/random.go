// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"math/rand/v2"
	"slices"
	"time"
)

// RandomScript draws a script for chaos tests: up to eight rules for lists,
// watches and streaming lists, of any resource, with all the faults that there
// are for them. The same seed gives the same script in each run of a program,
// and as long as this function is not changed.
//
// A rule is for one to five calls, among the first ten or so, and waits in it
// are some seconds. So a client that goes on trying gets past them all, except
// where one keeps it waiting with the connection open: [APIServer.Play] with the
// zero Script ends that too.
func RandomScript(seed uint64) Script {
	random := rand.New(rand.NewPCG(seed, 0))
	script := Script{Seed: seed}
	for range 1 + random.IntN(8) {
		script.Rules = append(script.Rules, randomRule(random))
	}
	return script
}

func randomRule(random *rand.Rand) Rule {
	verb := pick(random, []string{verbList, verbWatch, verbStream})
	rule := Rule{Verb: verb, From: 1 + random.IntN(6)}
	rule.To = rule.From + random.IntN(5)
	if random.IntN(2) == 0 {
		rule.Chance = float64(1+random.IntN(9)) / 10
	}
	faults := faultsOf(verb)
	pick(random, faults)(random, &rule.Fault)
	if random.IntN(4) == 0 { // two at once
		pick(random, faults)(random, &rule.Fault)
	}
	return rule
}

func pick[E any](random *rand.Rand, from []E) E { return from[random.IntN(len(from))] }

// upTo draws a duration in steps that can be read.
func upTo(random *rand.Rand, longest time.Duration) time.Duration {
	const step = 100 * time.Millisecond
	return step * time.Duration(1+random.IntN(int(longest/step)))
}

type randomFault = func(*rand.Rand, *Fault)

// faultsOf returns what can go wrong with a verb, each as likely as the others.
func faultsOf(verb string) []randomFault {
	switch verb {
	case verbList:
		return slices.Concat(anyFaults, listFaults)
	case verbStream:
		return slices.Concat(anyFaults, watchFaults, streamFaults)
	}
	return slices.Concat(anyFaults, watchFaults)
}

var anyFaults = []randomFault{
	func(r *rand.Rand, f *Fault) { f.Delay = upTo(r, 5*time.Second) },
	func(_ *rand.Rand, f *Fault) { f.Compact = true },
	func(_ *rand.Rand, f *Fault) { f.Refuse = true },
	func(r *rand.Rand, f *Fault) { f.Status = pick(r, []int{401, 403, 404, 410, 500, 503, 504}) },
	func(r *rand.Rand, f *Fault) {
		f.Status, f.RetryAfter = pick(r, []int{429, 503}), time.Duration(r.IntN(6))*time.Second
	},
	func(r *rand.Rand, f *Fault) { f.Behind = 1 + r.IntN(20) },
	func(_ *rand.Rand, f *Fault) { f.Silent = true },
	func(r *rand.Rand, f *Fault) { f.Truncate = 1 + r.IntN(10) },
	func(r *rand.Rand, f *Fault) { f.Broken = 1 + r.IntN(10) },
	func(r *rand.Rand, f *Fault) { f.WrongKind = 1 + r.IntN(10) },
}

var listFaults = []randomFault{
	func(_ *rand.Rand, f *Fault) { f.ExpireContinue = true },
	func(_ *rand.Rand, f *Fault) { f.EndlessContinue = true },
}

var watchFaults = []randomFault{
	func(_ *rand.Rand, f *Fault) { f.DropAtOnce = true },
	func(r *rand.Rand, f *Fault) { f.DropAfterEvents = 1 + r.IntN(20) },
	func(r *rand.Rand, f *Fault) { f.DropAfter = upTo(r, 10*time.Second) },
	func(r *rand.Rand, f *Fault) { f.SilentAfterEvents = 1 + r.IntN(20) },
	func(r *rand.Rand, f *Fault) { f.Duplicate = 1 + r.IntN(10) },
	func(r *rand.Rand, f *Fault) { f.OldVersion = 2 + r.IntN(10) },
}

var streamFaults = []randomFault{
	func(_ *rand.Rand, f *Fault) { f.NoInitialEventsEnd = true },
	func(_ *rand.Rand, f *Fault) { f.DropAtInitialEventsEnd = true },
}
