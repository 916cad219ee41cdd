// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long a command may take to end once it has been asked to.
const grace = 10 * time.Second

// runCommand runs a shell command with KUBECONFIG set and returns its exit
// status, that of a signal as shells do: 128 and its number. When ctx ends, the
// command and all that it has started are asked to end, and made to after grace.
func runCommand(ctx context.Context, command, kubeconfig string, stdout, stderr io.Writer) (status int, err error) {
	shell := exec.CommandContext(ctx, "sh", "-c", command)
	shell.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	shell.Stdout, shell.Stderr = stdout, stderr
	// A shell does not pass a signal on to what it runs; a process group gets it
	// as a whole.
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGTERM) }
	shell.WaitDelay = grace
	err = shell.Run()
	if shell.Process == nil {
		return 0, fmt.Errorf("-run %q: %w", command, err)
	}
	if ctx.Err() != nil {
		// What is left of the group has not heeded the signal. None being left
		// is an error that says so.
		_ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL)
	}
	var exit *exec.ExitError
	if err != nil && ctx.Err() == nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("-run %q: %w", command, err)
	}
	return exitStatus(shell.ProcessState), nil
}

func exitStatus(state *os.ProcessState) int {
	if wait, ok := state.Sys().(syscall.WaitStatus); ok && wait.Signaled() { // Sys is of a type for each system
		return 128 + int(wait.Signal())
	}
	return state.ExitCode()
}
