// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"slices"
	"testing"

	"github.com/typedinformer/typedinformer/internal/model"
)

// drawn takes all steps and returns what was chosen in them.
func drawn(choices *model.Choices) (chosen []int) {
	for choices.More() {
		chosen = append(chosen, choices.Below(10), choices.Below(1_000))
	}
	return chosen
}

func TestASeedRepeatsItself(t *testing.T) {
	first, again, other := drawn(model.Random(7, 50)), drawn(model.Random(7, 50)), drawn(model.Random(8, 50))
	if len(first) != 100 || !slices.Equal(first, again) {
		t.Errorf("the same seed chose %v and then %v", first, again)
	}
	if slices.Equal(first, other) {
		t.Error("two seeds chose the same")
	}
}

func TestBytesDecideUntilTheyAreUsedUp(t *testing.T) {
	// A small choice takes a byte, a large one two; what is missing is zero.
	got := drawn(model.Bytes([]byte{13, 1, 2, 29}))
	if want := []int{3, 258, 9, 0}; !slices.Equal(got, want) {
		t.Errorf("chose %v, want %v", got, want)
	}
}

func TestSeedIsReadFromTheEnvironment(t *testing.T) {
	t.Setenv(model.SeedVariable, "42")
	if got := model.Seed(t); got != 42 {
		t.Errorf("Seed = %d, want 42", got)
	}
}
