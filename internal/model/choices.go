// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Choices makes the decisions of a test that does one thing after another.
type Choices struct {
	random *rand.Rand // nil: the choices are read from bytes
	steps  int
	bytes  []byte
}

// Random returns choices for a number of steps. The same seed gives the same.
func Random(seed uint64, steps int) *Choices {
	return &Choices{random: rand.New(rand.NewPCG(seed, 0)), steps: steps}
}

// Bytes returns choices that a fuzzer can control: each is read from a byte or
// two, and there are steps until the bytes are used up.
func Bytes(data []byte) *Choices { return &Choices{bytes: data} }

// More reports whether there is another step.
func (c *Choices) More() bool {
	if c.random == nil {
		return len(c.bytes) > 0
	}
	c.steps--
	return c.steps >= 0
}

// Below returns a number from 0 to n-1. n is at most 65536.
func (c *Choices) Below(n int) int {
	if c.random != nil {
		return c.random.IntN(n)
	}
	number := c.byte()
	if n > 256 {
		number = number<<8 | c.byte()
	}
	return number % n
}

func (c *Choices) byte() int {
	if len(c.bytes) == 0 {
		return 0
	}
	first := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(first)
}

// SeedVariable is the environment variable that [Seed] reads.
const SeedVariable = "MODEL_SEED"

// Seed returns a seed for [Random]: another one each time, or that of
// [SeedVariable]. If the test fails it says how to repeat it.
func Seed(tb testing.TB) uint64 {
	tb.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(SeedVariable); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			tb.Fatalf("%s: %v", SeedVariable, err)
		}
		seed = given
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("to repeat this run: %s=%d go test -run '^%s$'", SeedVariable, seed, tb.Name())
		}
	})
	return seed
}
