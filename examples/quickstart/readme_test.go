// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/fake"
)

// TestReadmeShowsThisProgram keeps the README's program one that compiles.
func TestReadmeShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```go\nfunc follow(")
	snippet, _, closed := strings.Cut(rest, "```")
	if !found || !closed || !strings.HasSuffix(string(program), "func follow("+snippet) {
		t.Error("the program in the README is not func follow of main.go")
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := follow(ctx, fake.NewClientset()); err != nil {
		t.Error(err)
	}
}
