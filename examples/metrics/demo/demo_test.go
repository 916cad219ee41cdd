// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgram runs the program for some minutes of virtual time: there is
// something to see in each of what goes wrong.
func TestProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := newProgram()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.run(ctx) }()
		time.Sleep(3*time.Minute + 1500*time.Millisecond)
		synctest.Wait()
		scraped, err := p.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		sum := map[string]float64{}
		for _, family := range scraped {
			for _, metric := range family.GetMetric() {
				sum[family.GetName()] += metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
			}
		}
		for _, name := range []string{
			"cache_objects", "cache_quarantined_objects", "source_relists_total", "source_errors_total",
			"handler_backlog_changes", "handler_lag_seconds", "handler_coalesced_total", "handler_panics_total",
			"wait_for_version_seconds", "part_objects",
		} {
			if sum["typedinformer_"+name] == 0 {
				t.Errorf("%s shows nothing", name)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, written := io.Pipe()
	ended := make(chan error)
	go func() { ended <- serve(ctx, "127.0.0.1:0", written) }()
	buffer := make([]byte, 100)
	n, err := out.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(strings.TrimSpace(string(buffer[:n])))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("status %s, error %v", response.Status, err)
	}
	if !regexp.MustCompile(`(?m)^typedinformer_cache_objects\{resource="pods",scope=""\} \d+$`).Match(text) {
		t.Errorf("the objects are missing in\n%s", text)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
