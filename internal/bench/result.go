// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A result is what one process measured, or the median of several.
type result struct {
	nanoseconds float64
	bytes       float64
	allocations float64
	deliveries  float64 // calls of handlers, where they are counted; else 0
	retained    float64 // bytes of the heap, where they are measured; else 0
	tail        float64 // nanoseconds of the 99th percentile, where it is measured; else 0
	processor   float64 // nanoseconds of processor time, where it is measured; else 0
	peak        float64 // the most bytes of the heap, where they are measured; else 0
}

// Units of the benchmarks' own, beside those of package testing.
const (
	unitObjects    = "objects/op" // what an operation stands for, if more than one object
	unitDeliveries = "deliveries/op"
	unitRetained   = "retained-B/op"
	unitTail       = "p99-ns/op"
	unitProcessor  = "cpu-ns/op"
	unitPeak       = "peak-B/op"
)

// parse reads the one result in the output of a test binary. Where the
// benchmark says that an operation was many objects, the result is for one.
func parse(output string) (result, error) {
	lines := bufio.NewScanner(strings.NewReader(output))
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 3 && strings.HasPrefix(fields[0], "Benchmark") {
			return parseFields(fields[2:])
		}
	}
	return result{}, fmt.Errorf("there is no result in the output:\n%s", output)
}

// parseFields reads what follows name and count: pairs of value and unit.
func parseFields(fields []string) (result, error) {
	values := map[string]float64{unitObjects: 1}
	for pair := range slices.Chunk(fields, 2) {
		if len(pair) < 2 {
			return result{}, fmt.Errorf("the value %q has no unit", pair[0])
		}
		value, err := strconv.ParseFloat(pair[0], 64)
		if err != nil {
			return result{}, fmt.Errorf("the value of %q: %w", pair[1], err)
		}
		values[pair[1]] = value
	}
	objects := values[unitObjects]
	return result{
		nanoseconds: values["ns/op"] / objects,
		bytes:       values["B/op"] / objects,
		allocations: values["allocs/op"] / objects,
		deliveries:  values[unitDeliveries],
		retained:    values[unitRetained],
		tail:        values[unitTail],
		processor:   values[unitProcessor],
		peak:        values[unitPeak],
	}, nil
}

// median returns the middle value, the mean of the two if there are two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// medians returns the result of the medians of each figure.
func medians(all []result) result {
	of := func(figure func(result) float64) float64 {
		values := make([]float64, len(all))
		for i, r := range all {
			values[i] = figure(r)
		}
		return median(values)
	}
	return result{
		nanoseconds: of(func(r result) float64 { return r.nanoseconds }),
		bytes:       of(func(r result) float64 { return r.bytes }),
		allocations: of(func(r result) float64 { return r.allocations }),
		deliveries:  of(func(r result) float64 { return r.deliveries }),
		retained:    of(func(r result) float64 { return r.retained }),
		tail:        of(func(r result) float64 { return r.tail }),
		processor:   of(func(r result) float64 { return r.processor }),
		peak:        of(func(r result) float64 { return r.peak }),
	}
}

// results are the medians of a measure.
type results struct {
	ours, peer  result
	least, most float64 // ratios of two neighbouring processes: how far they vary
}

func (r results) ratio() float64 { return ratio(r.peer, r.ours) }

func ratio(peer, ours result) float64 { return peer.nanoseconds / max(ours.nanoseconds, 1e-9) }

// summarize makes results of the runs, which are in pairs.
func summarize(ours, peers []result) results {
	summary := results{ours: medians(ours), peer: medians(peers)}
	for i := range ours {
		r := ratio(peers[i], ours[i])
		if i == 0 {
			summary.least, summary.most = r, r
		}
		summary.least, summary.most = min(summary.least, r), max(summary.most, r)
	}
	return summary
}

// beyond takes what the source alone costs off the allocations and bytes.
// The time stays: a source works beside the informer, not before it.
func (r result) beyond(source result) result {
	r.allocations = max(0, r.allocations-source.allocations)
	r.bytes = max(0, r.bytes-source.bytes)
	return r
}
