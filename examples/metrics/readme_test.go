// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/yaml"
)

// known is a metric as a scrape shows it.
type known struct {
	help   string
	labels []string
}

// scraped returns all metrics that there are, by name.
func scraped(t *testing.T) map[string]known {
	all := map[string]known{}
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(everything(t))
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			var labels []string
			for _, pair := range family.GetMetric()[0].GetLabel() {
				labels = append(labels, pair.GetName())
			}
			all[family.GetName()] = known{family.GetHelp(), labels}
		}
	})
	return all
}

// The tables of the README say of each metric what a scrape says.
func TestTheReadmeHasEachMetric(t *testing.T) {
	readme := read(t, "README.md")
	for name, metric := range scraped(t) {
		var labels []string
		for _, label := range metric.labels {
			if label != "resource" && label != "scope" {
				labels = append(labels, "`"+label+"`")
			}
		}
		line := fmt.Sprintf("| `%s` | %s | %s |", name, strings.Join(labels, ", "), metric.help)
		line = strings.ReplaceAll(line, "|  |", "| |")
		if !strings.Contains(readme, line) {
			t.Errorf("the README does not have this line:\n%s", line)
		}
	}
}

// Whatever the README asks Prometheus for is there: metrics, and labels of them.
func TestTheReadmeAsksForWhatThereIs(t *testing.T) {
	metrics := scraped(t)
	ofHistogram := regexp.MustCompile(`_(bucket|sum|count)$`)
	expressions := expressions(t)
	for _, expression := range expressions {
		labels := map[string]bool{"le": true, "instance": true, "job": true}
		names := regexp.MustCompile(`typedinformer_\w+`).FindAllString(expression, -1)
		for _, name := range names {
			metric, found := metrics[name]
			if !found {
				metric, found = metrics[ofHistogram.ReplaceAllString(name, "")]
			}
			if !found {
				t.Errorf("there is no %s, which this asks for: %s", name, expression)
			}
			for _, label := range metric.labels {
				labels[label] = true
			}
		}
		if len(names) == 0 {
			t.Errorf("this asks for no metric: %s", expression)
		}
		for _, list := range regexp.MustCompile(`(?:by|without|on) \(([^)]*)\)|\{([^}]*)\}`).FindAllStringSubmatch(expression, -1) {
			for _, part := range strings.Split(list[1]+list[2], ",") {
				label, _, _ := strings.Cut(strings.TrimSpace(part), "=")
				if label = strings.TrimSuffix(label, "!"); !labels[label] {
					t.Errorf("there is no label %q in this: %s", label, expression)
				}
			}
		}
		if strings.Count(expression, "(") != strings.Count(expression, ")") {
			t.Errorf("a parenthesis is missing in this: %s", expression)
		}
	}
	if len(expressions) < 20 {
		t.Errorf("there are %d expressions in the README; does this test still find them?", len(expressions))
	}
}

// rules are a file of rules as Prometheus reads it.
type rules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

// expressions are those of the alerts and of the dashboard.
func expressions(t *testing.T) (all []string) {
	readme := read(t, "README.md")
	for _, block := range blocks(readme, "yaml") {
		var file rules
		if err := yaml.UnmarshalStrict([]byte(block), &file); err != nil {
			t.Fatal(err)
		}
		for _, group := range file.Groups {
			for _, rule := range group.Rules {
				if rule.Alert == "" || rule.Expr == "" || rule.Labels["severity"] == "" {
					t.Errorf("the rule %+v lacks something", rule)
				}
				if keys := slices.Sorted(maps.Keys(rule.Annotations)); !slices.Equal(keys, []string{"description", "summary"}) {
					t.Errorf("%s has annotations %v", rule.Alert, keys)
				}
				all = append(all, rule.Expr)
			}
		}
	}
	_, dashboard, _ := strings.Cut(readme, "## Dashboard")
	for _, quoted := range regexp.MustCompile("`([^`]*typedinformer_[^`]*)`").FindAllStringSubmatch(dashboard, -1) {
		all = append(all, quoted[1])
	}
	return all
}

// The code in the README compiles.
func TestTheReadmeShowsThisCode(t *testing.T) {
	compiled := flush(read(t, "example_test.go"))
	shown := blocks(read(t, "README.md"), "go")
	for _, block := range shown {
		if !strings.Contains(compiled, flush(block)) {
			t.Errorf("example_test.go does not have this code, which is shown:\n%s", block)
		}
	}
	if len(shown) < 2 {
		t.Errorf("there are %d pieces of code in the README; does this test still find them?", len(shown))
	}
}

func read(t *testing.T, file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// blocks returns what is fenced as of some language.
func blocks(text, language string) (all []string) {
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}

// flush takes the indentation away.
func flush(code string) string {
	var text strings.Builder
	for line := range strings.Lines(strings.TrimSpace(code)) {
		text.WriteString(strings.TrimSpace(line) + "\n")
	}
	return text.String()
}
