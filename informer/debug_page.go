// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"
)

//go:embed debug_page.html
var debugPageHTML string

//go:embed debug_page.css
var debugPageCSS string

// debugPage makes HTML of answers. Everything in them is taken for text, whatever it
// says.
type debugPage struct {
	templates *template.Template
	policy    string // Content-Security-Policy: no script, and no style but its own
}

func newDebugPage() *debugPage {
	hash := sha256.Sum256([]byte(debugPageCSS))
	return &debugPage{
		// It is ours, and the same each time.
		templates: template.Must(template.New("").Funcs(template.FuncMap{
			"style":   func() template.CSS { return template.CSS(debugPageCSS) },
			"at":      func(now time.Time, source debugSource) sourceAt { return sourceAt{now, &source} },
			"bytes":   shortBytes,
			"ago":     ago,
			"until":   func(now, then time.Time) string { return shortDuration(max(0, then.Sub(now))) },
			"word":    debugLevel.word,
			"tally":   tally,
			"handles": func(n *int) string { return counted(*n, "handle") },
		}).Parse(debugPageHTML)),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

func (p *debugPage) render(name string, answer any) ([]byte, error) {
	var page bytes.Buffer
	err := p.templates.ExecuteTemplate(&page, name, answer)
	return page.Bytes(), err
}

// sourceAt is a source, and when it was looked at.
type sourceAt struct {
	Now    time.Time
	Source *debugSource
}

// word is the level for those who do not see its colour.
func (l debugLevel) word() string {
	switch l {
	case levelBad:
		return "✖ bad"
	case levelWarning:
		return "▲ warning"
	}
	return "✔ ok"
}

// levelCount is how many informers there are of a level.
type levelCount struct {
	Level debugLevel
	Count int
}

// tally counts the informers of each level, the worst first.
func tally(informers []debugSummary) (counts []levelCount) {
	for _, level := range []debugLevel{levelBad, levelWarning, levelOK} {
		count := levelCount{Level: level}
		for i := range informers {
			if informers[i].Level == level {
				count.Count++
			}
		}
		if count.Count > 0 {
			counts = append(counts, count)
		}
	}
	return counts
}

// ago says how long before now something was, and nothing if it was never.
func ago(now, then time.Time) string {
	if then.IsZero() {
		return ""
	}
	return shortDuration(max(0, now.Sub(then))) + " ago"
}

// shortBytes returns a size to be read at a glance.
func shortBytes(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, prefix := float64(n)/unit, 0
	for ; value >= unit; prefix++ {
		value /= unit
	}
	return fmt.Sprintf("%.3g %cB", value, "kMGTPE"[prefix])
}
