// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A row is one line of the table, cell by cell.
type row []string

var head = row{"measured", "ours", "client-go", "ratio", "allocs", "client-go", "B", "client-go", "to reach", "reached"}

func newRow(m measure, r results) row {
	reached := "yes"
	var texts, missed []string
	for _, g := range m.goals {
		texts = append(texts, g.text)
		if !g.reached(r) {
			missed = append(missed, g.text)
		}
	}
	switch {
	case m.goals == nil:
		reached = "" // for comparison only
	case missed != nil:
		reached = "**no**: " + strings.Join(missed, ", ")
	}
	name := m.name
	if r.ours.deliveries > 0 {
		name += fmt.Sprintf(" (%.0f deliveries, client-go %.0f)", r.ours.deliveries, r.peer.deliveries)
	}
	if r.ours.processor > 0 {
		name += fmt.Sprintf(" (CPU %s, client-go %s)", duration(r.ours.processor), duration(r.peer.processor))
	}
	if r.ours.peak > 0 {
		name += fmt.Sprintf(" (%s B at the peak, client-go %s)", number(r.ours.peak), number(r.peer.peak))
	}
	if r.ours.retained > 0 {
		name += fmt.Sprintf(" (%s B retained, client-go %s)", number(r.ours.retained), number(r.peer.retained))
	}
	if r.ours.tail > 0 {
		name += fmt.Sprintf(" (p99 %s, %s %s)", duration(r.ours.tail), m.beside(), duration(r.peer.tail))
	} else if m.peer != "" {
		name += fmt.Sprintf(" (%s in place of client-go)", m.peer)
	}
	return row{
		name, duration(r.ours.nanoseconds), duration(r.peer.nanoseconds),
		fmt.Sprintf("%.1f (%.1f–%.1f)", r.ratio(), r.least, r.most),
		number(r.ours.allocations), number(r.peer.allocations),
		number(r.ours.bytes), number(r.peer.bytes),
		strings.Join(texts, ", "), reached,
	}
}

// duration writes nanoseconds with three digits in a fitting unit.
func duration(nanoseconds float64) string {
	// What rounds to 1000 belongs to the next unit.
	for _, unit := range []string{"ns", "µs", "ms"} {
		if nanoseconds < 999.5 {
			return fmt.Sprintf("%.3g %s", nanoseconds, unit)
		}
		nanoseconds /= 1_000
	}
	return fmt.Sprintf("%.3g s", nanoseconds)
}

// number writes whole numbers from 10 on, and three digits below.
func number(n float64) string {
	if n >= 10 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.3g", n)
}

// table writes the rows as Markdown, padded so that it reads as it is.
func table(rows []row) string {
	widths := make([]int, len(head))
	for _, r := range append([]row{head}, rows...) {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	line := func(r row, fill string) {
		for i, cell := range r {
			padding := strings.Repeat(fill, widths[i]-utf8.RuneCountInString(cell))
			text.WriteString("| " + cell + padding + " ")
		}
		text.WriteString("|\n")
	}
	line(head, " ")
	line(make(row, len(head)), "-")
	for _, r := range rows {
		line(r, " ")
	}
	return text.String()
}
