// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/typedinformer/typedinformer/informer"
)

// printer prints the table: on a terminal in place, elsewhere one after the
// other.
type printer struct {
	out               io.Writer
	board             *board
	health            func() informer.Health
	namespaces, nodes func() iter.Seq2[string, int] // how many pods there are in each
	weight            string                        // what they take; empty if that is not known
	redraw            bool
	before            *counts // at the last print
}

// print prints what there is now. since is the time since the last print, or
// zero for the state alone.
func (p *printer) print(since time.Duration) error {
	now, recent, missed := p.board.look(!p.redraw)
	rate := 0.0
	if p.before != nil && since > 0 {
		rate = float64(now.total()-p.before.total()) / since.Seconds()
	}
	p.before = &now

	var text strings.Builder
	if p.redraw {
		text.WriteString("\x1b[H\x1b[2J") // home, clear
	}
	namespaces := maps.Collect(p.namespaces())
	pods := 0
	for _, count := range namespaces {
		pods += count
	}
	fmt.Fprintf(&text, "%s  %d pods", p.board.server, pods)
	if since > 0 {
		fmt.Fprintf(&text, "  %d added, %d updated, %d deleted, %.1f events/s", now.adds, now.updates, now.deletes, rate)
	}
	text.WriteString("\n" + p.weight + "\n")
	columns(&text, namespaces, maps.Collect(p.nodes()))
	if since > 0 {
		events(&text, recent, missed)
	}
	if wrong := trouble(p.health(), p.board.server); wrong != "" {
		text.WriteString("\n" + wrong)
	}
	_, err := io.WriteString(p.out, text.String())
	return err
}

// columns writes the pods per namespace and per node side by side.
func columns(out io.Writer, namespaces, nodes map[string]int) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAMESPACE\tPODS\tNODE\tPODS")
	left, right := slices.Sorted(maps.Keys(namespaces)), slices.Sorted(maps.Keys(nodes))
	for i := range max(len(left), len(right)) {
		var cells [4]string
		if i < len(left) {
			cells[0], cells[1] = left[i], fmt.Sprint(namespaces[left[i]])
		}
		if i < len(right) {
			cells[2], cells[3] = right[i], fmt.Sprint(nodes[right[i]])
		}
		fmt.Fprintln(table, strings.Join(cells[:], "\t"))
	}
	table.Flush() // to memory: cannot fail
}

func events(out io.Writer, recent []string, missed int) {
	fmt.Fprintln(out)
	if missed > 0 {
		fmt.Fprintf(out, "… %d more\n", missed)
	}
	for _, line := range recent {
		fmt.Fprintln(out, line)
	}
}
