// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
)

func TestCommandPassesItsStatusOn(t *testing.T) {
	for _, test := range []struct {
		command string
		status  int
	}{
		{"true", 0},
		{"exit 7", 7},
		{"kill -9 $$", 128 + 9},
		{"no-such-command", 127},
	} {
		status, err := runCommand(t.Context(), test.command, "", io.Discard, io.Discard)
		if status != test.status || err != nil {
			t.Errorf("%q: status %d, error %v, want %d", test.command, status, err, test.status)
		}
	}
}

func TestCommandHasKubeconfig(t *testing.T) {
	var out strings.Builder
	if _, err := runCommand(t.Context(), `printf %s "$KUBECONFIG"; echo nothing >&2`, "/some/file", &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if out.String() != "/some/file" {
		t.Errorf("KUBECONFIG is %q", out.String())
	}
}

// What the shell has started gets the signal too, and would keep the pipe open.
func TestCommandEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		status, err := runCommand(ctx, `(trap 'echo bye; exit' TERM; echo up; while :; do sleep 0.1; done) & wait`, "", writer, io.Discard)
		writer.CloseWithError(errors.Join(err, io.EOF))
		ended <- status
	}()
	lines := bufio.NewScanner(reader)
	if !lines.Scan() || lines.Text() != "up" {
		t.Fatalf("the command said %q: %v", lines.Text(), lines.Err())
	}
	cancel()
	if !lines.Scan() || lines.Text() != "bye" {
		t.Errorf("what the command had started did not get the signal: %q", lines.Text())
	}
	if status := <-ended; status != 128+int(syscall.SIGTERM) {
		t.Errorf("status %d", status)
	}
}
