// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// chromium shows a page in a browser of its own, and returns what that writes. The
// browser and all its processes have ended then.
func chromium(t *testing.T, page string, flags ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v: the page is tested in a browser; install it with: apt-get install -y --no-install-recommends chromium", err)
	}
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--user-data-dir=" + t.TempDir(),
	}, flags...)
	command := exec.CommandContext(deadline(t), path, append(args, page)...)
	// Its processes are a group, so that all of them can be ended.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		t.Fatalf("chromium %s: %v\n%s", page, err, said.String())
	}
	return out
}

// dom returns a page as it is after all has run that would run.
func dom(t *testing.T, page string) string {
	t.Helper()
	return string(chromium(t, page, "--dump-dom"))
}

// screenshot returns how a page looks in a window of a size. DEBUG_SCREENSHOTS may
// name a directory that is to have it too, for people to look at.
func screenshot(t *testing.T, page, name string, width, height int) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".png")
	chromium(t, page, "--screenshot="+file, fmt.Sprintf("--window-size=%d,%d", width, height))
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if kept := os.Getenv("DEBUG_SCREENSHOTS"); kept != "" {
		if err := os.WriteFile(filepath.Join(kept, name+".png"), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

// colours returns how many different ones there are in an image, and of how much of it
// the most frequent is.
func colours(shown image.Image) (different int, most float64) {
	count, bounds, largest := map[color.Color]int{}, shown.Bounds(), 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := shown.At(x, y)
			count[c]++
			largest = max(largest, count[c])
		}
	}
	return len(count), float64(largest) / float64(bounds.Dx()*bounds.Dy())
}
