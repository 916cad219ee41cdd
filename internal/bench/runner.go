// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// A runner runs measurements, each in a process of its own.
type runner struct {
	directory string // holds the binary; removed by close
	binary    string
	krt       string   // the binary of the measurements of krt; empty if they are not asked for
	arguments []string // for every process
}

// perProcess bounds one measurement; the longest takes some seconds, and a minute
// on a machine that is busy.
const perProcess = 5 * time.Minute

// newRunner builds the benchmarks, those of krt on demand.
func newRunner(ctx context.Context, withKrt bool) (*runner, error) {
	directory, err := os.MkdirTemp("", "typedinformer-bench-")
	if err != nil {
		return nil, fmt.Errorf("making room for the test binary: %w", err)
	}
	r := &runner{directory: directory, binary: filepath.Join(directory, "bench.test")}
	err = build(ctx, ".", r.binary)
	if withKrt && err == nil {
		r.krt = filepath.Join(directory, "krt.test")
		err = build(ctx, krtModule, r.krt)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func build(ctx context.Context, module, binary string) error {
	command := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, ".")
	command.Dir = module
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the benchmarks in %s (run it in internal/bench): %w\n%s", module, err, output)
	}
	return nil
}

func (r *runner) close() { os.RemoveAll(r.directory) }

// run measures ours and theirs in turn, so that what the machine does beside
// this hits both.
func (r *runner) run(ctx context.Context, m measure, count int) (results, error) {
	implementation, beside := cmp.Or(m.ours, ours), m.beside()
	var mine, theirs []result
	for range count {
		first, err := r.process(ctx, m, implementation)
		if err != nil {
			return results{}, err
		}
		second, err := r.process(ctx, m, beside)
		if err != nil {
			return results{}, err
		}
		mine, theirs = append(mine, first), append(theirs, second)
	}
	summary := summarize(mine, theirs)
	if !m.source {
		return summary, nil
	}
	// Once is enough: counts of allocations hardly vary.
	mySource, err := r.process(ctx, m, ours+sourceOnly)
	if err != nil {
		return results{}, err
	}
	theirSource, err := r.process(ctx, m, beside+sourceOnly)
	if err != nil {
		return results{}, err
	}
	summary.ours = summary.ours.beyond(mySource)
	summary.peer = summary.peer.beyond(theirSource)
	return summary, nil
}

// process runs one benchmark in a fresh process.
func (r *runner) process(ctx context.Context, m measure, implementation string) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, perProcess)
	defer cancel()
	arguments := append([]string{
		"-test.run=^$", "-test.benchmem", "-test.benchtime=" + m.time,
		"-test.bench=" + pattern(m.benchmark, implementation),
	}, r.arguments...)
	binary := r.binary
	if implementation == krt {
		binary = r.krt
	}
	output, err := exec.CommandContext(ctx, binary, arguments...).CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("%s, %s: %w\n%s", m.name, implementation, err, output)
	}
	measured, err := parse(string(output))
	if err != nil {
		return result{}, fmt.Errorf("%s, %s: %w", m.name, implementation, err)
	}
	return measured, nil
}

// pattern matches one sub-benchmark and no other.
func pattern(benchmark, implementation string) string {
	var parts []string
	for part := range strings.SplitSeq("Benchmark"+benchmark+"/"+implementation, "/") {
		parts = append(parts, "^"+regexp.QuoteMeta(part)+"$")
	}
	return strings.Join(parts, "/")
}

// conditions says under which the numbers were taken.
func (r *runner) conditions(ctx context.Context, count int) string {
	version := "unknown version"
	if output, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", "k8s.io/client-go").Output(); err == nil {
		version = strings.TrimSpace(string(output))
	}
	return fmt.Sprintf("client-go %s, %s, %s/%s with %d processors; medians of %d fresh processes each, ours and theirs in turn; in brackets the ratios of single pairs.",
		version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), count)
}
