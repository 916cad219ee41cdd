// SPDX-License-Identifier: Apache-2.0

// Bench measures this library against client-go and prints a table.
//
//	go -C internal/bench run . [-count 5] [-only get] [-krt] [-o report.md]
//
// With -krt, views are measured too, against istio's.
//
// What is measured is in the files *_test.go, one for each thing, as ordinary
// benchmarks: BenchmarkUpdate/typedinformer beside BenchmarkUpdate/client-go.
// They can be run with go test -bench and compared with benchstat as well. What
// this program adds is the procedure: a fresh process for each measurement,
// ours and theirs in turn, medians, and what there was to reach ([plan]).
//
// Absolute times are those of a machine and its neighbours; the ratios count.
// That a goal is missed is said in the table and does not change the exit
// status, since a speed is no test.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
)

func main() {
	count := flag.Int("count", 5, "processes for each measurement and implementation")
	only := flag.String("only", "", "measure only what has a name that matches this regular expression")
	withKrt := flag.Bool("krt", false, "measure views against istio's krt too; building that takes minutes")
	output := flag.String("o", "", "also write the table to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := report(ctx, *count, *only, *withKrt, *output); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func report(ctx context.Context, count int, only string, withKrt bool, output string) error {
	all := slices.Concat(plan, restPlan)
	if withKrt {
		all = slices.Concat(all, krtPlan)
	}
	chosen, err := choose(all, count, only)
	if err != nil {
		return err
	}
	r, err := newRunner(ctx, withKrt)
	if err != nil {
		return err
	}
	defer r.close()
	var rows []row
	for i, m := range chosen {
		fmt.Fprintf(os.Stderr, "%d/%d %s\n", i+1, len(chosen), m.name)
		results, err := r.run(ctx, m, count)
		if err != nil {
			return err
		}
		rows = append(rows, newRow(m, results))
	}
	text := table(rows) + "\n" + r.conditions(ctx, count) + "\n"
	fmt.Print(text)
	if output == "" {
		return nil
	}
	return os.WriteFile(output, []byte(text), 0o644)
}

// choose picks the measures that only matches.
func choose(from []measure, count int, only string) (chosen []measure, err error) {
	if count < 1 {
		return nil, fmt.Errorf("-count is %d: one process at least is needed", count)
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	for _, m := range from {
		if pattern.MatchString(m.name) {
			chosen = append(chosen, m)
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("-only %q matches none of the measurements in plan.go", only)
	}
	return chosen, nil
}
