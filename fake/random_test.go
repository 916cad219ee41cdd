// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

func TestRandomScriptIsTheSameForASeed(t *testing.T) {
	for seed := range uint64(50) {
		if diff := cmp.Diff(fake.RandomScript(seed), fake.RandomScript(seed)); diff != "" {
			t.Errorf("seed %d (-first +second):\n%s", seed, diff)
		}
		if cmp.Equal(fake.RandomScript(seed).Rules, fake.RandomScript(seed+1).Rules) {
			t.Errorf("seeds %d and %d give the same rules", seed, seed+1)
		}
	}
}

func TestRandomScriptIsBounded(t *testing.T) {
	const longest = 10 * time.Second
	for seed := range uint64(2000) {
		script := fake.RandomScript(seed)
		if script.Seed != seed || len(script.Rules) < 1 || len(script.Rules) > 8 {
			t.Fatalf("out of bounds: %v", script)
		}
		for _, rule := range script.Rules {
			fault := rule.Fault
			if rule.From < 1 || rule.To < rule.From || rule.To > 10 || rule.Chance < 0 || rule.Chance > 1 || fault == (fake.Fault{}) ||
				fault.Delay > longest || fault.DropAfter > longest || fault.RetryAfter > 5*time.Second {
				t.Fatalf("out of bounds: %#v", rule)
			}
		}
	}
}

// All fields of Fault are drawn at some time, for each verb that they mean
// something for, so that no kind of fault is left out of the chaos.
func TestRandomScriptDrawsAllFaults(t *testing.T) {
	only := map[string]string{ // fields that are not for all verbs
		"ExpireContinue": "list", "EndlessContinue": "list",
		"NoInitialEventsEnd": "stream", "DropAtInitialEventsEnd": "stream",
		"DropAtOnce": "watch stream", "DropAfterEvents": "watch stream", "DropAfter": "watch stream",
		"SilentAfterEvents": "watch stream", "Duplicate": "watch stream", "OldVersion": "watch stream",
	}
	want := map[string]bool{}
	for i := range reflect.TypeFor[fake.Fault]().NumField() {
		name := reflect.TypeFor[fake.Fault]().Field(i).Name
		for _, verb := range []string{"list", "watch", "stream"} {
			if verbs, restricted := only[name]; !restricted || verbs == verb || verbs == "watch stream" && verb != "list" {
				want[verb+" "+name] = true
			}
		}
	}
	got := map[string]bool{}
	for seed := range uint64(2000) {
		for _, rule := range fake.RandomScript(seed).Rules {
			fault := reflect.ValueOf(rule.Fault)
			for i := range fault.NumField() {
				if !fault.Field(i).IsZero() {
					got[rule.Verb+" "+fault.Type().Field(i).Name] = true
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is drawn (-want +got):\n%s", diff)
	}
}
