// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

func TestScriptsPrintAsGoCode(t *testing.T) {
	tests := []struct {
		script fake.Script
		want   string
	}{
		{fake.Script{}, `fake.Script{}`},
		{fake.Script{Seed: 1 << 63}, `fake.Script{Seed: 9223372036854775808}`},
		{fake.Script{Rules: []fake.Rule{{}}}, "fake.Script{\n\tRules: []fake.Rule{\n\t\t{},\n\t},\n}"},
		{
			fake.Script{Seed: 3, Rules: []fake.Rule{
				{Verb: "list", Resource: "pods", To: 2, Fault: fake.Fault{Status: 429, RetryAfter: 3 * time.Second}},
				{From: 4, Chance: 0.25, Fault: fake.Fault{Delay: time.Second, Compact: true, DropAfter: 1500 * time.Millisecond}},
			}},
			`fake.Script{
	Seed: 3,
	Rules: []fake.Rule{
		{Verb: "list", Resource: "pods", To: 2, Fault: fake.Fault{Status: 429, RetryAfter: 3 * time.Second}},
		{From: 4, Chance: 0.25, Fault: fake.Fault{Delay: time.Second, Compact: true, DropAfter: 1500 * time.Millisecond}},
	},
}`,
		},
	}
	for _, test := range tests {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if diff := cmp.Diff(test.want, fmt.Sprintf(verb, test.script)); diff != "" {
				t.Errorf("with %s (-want +got):\n%s", verb, diff)
			}
		}
	}
}

func TestDurationsPrintAsGoCode(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Nanosecond:         "1",
		-time.Nanosecond:        "-1",
		time.Microsecond:        "time.Microsecond",
		1001 * time.Microsecond: "1001 * time.Microsecond",
		2 * time.Millisecond:    "2 * time.Millisecond",
		90 * time.Second:        "90 * time.Second",
		5 * time.Minute:         "5 * time.Minute",
		time.Hour:               "time.Hour",
		-3 * time.Second:        "-3 * time.Second",
		time.Hour + time.Second: "3601 * time.Second",
		1<<63 - 1:               "9223372036854775807",
	} {
		want = "fake.Fault{Delay: " + want + "}"
		if got := fmt.Sprintf("%#v", fake.Fault{Delay: d}); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

// everything has a value in each field, whatever fields there will be.
func everything(t *testing.T) fake.Script {
	rule := fake.Rule{Fault: fake.Fault{}}
	fill(t, reflect.ValueOf(&rule).Elem())
	return fake.Script{Seed: 9, Rules: []fake.Rule{rule, rule}}
}

func fill(t *testing.T, value reflect.Value) {
	for i := range value.NumField() {
		field := value.Field(i)
		switch field.Kind() {
		case reflect.Struct:
			fill(t, field)
		case reflect.String:
			field.SetString("a \"quoted\"\nword")
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Int, reflect.Int64:
			field.SetInt(int64(i + 1))
		case reflect.Float64:
			field.SetFloat(1e-7)
		default:
			t.Fatalf("field %s is of a kind that is not printed as Go code yet", value.Type().Field(i).Name)
		}
	}
}

// What is printed is in the format of gofmt, and is the script.
func TestGoCodeRoundTrip(t *testing.T) {
	scripts := []fake.Script{{}, everything(t)}
	for seed := range uint64(100) {
		scripts = append(scripts, fake.RandomScript(seed))
	}
	for _, script := range scripts {
		text := fmt.Sprintf("%#v", script)
		file := "package p\n\nvar script = " + text + "\n"
		formatted, err := format.Source([]byte(file))
		if err != nil {
			t.Fatalf("no Go code: %v\n%s", err, text)
		}
		if diff := cmp.Diff(string(formatted), file); diff != "" {
			t.Fatalf("gofmt changes it (-formatted +printed):\n%s", diff)
		}
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		var read fake.Script
		evaluate(t, parsed, reflect.ValueOf(&read).Elem())
		if diff := cmp.Diff(script, read); diff != "" {
			t.Fatalf("read back (-script +read):\n%s\n%s", diff, text)
		}
	}
}

// evaluate is as much of a compiler as the literals of a script need.
func evaluate(t *testing.T, code ast.Expr, into reflect.Value) {
	t.Helper()
	switch code := code.(type) {
	case *ast.CompositeLit:
		evaluateElements(t, code.Elts, into)
	case *ast.Ident:
		into.SetBool(code.Name == "true")
	default:
		switch into.Kind() {
		case reflect.String:
			text, err := strconv.Unquote(code.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			into.SetString(text)
		case reflect.Float64:
			number, err := strconv.ParseFloat(code.(*ast.BasicLit).Value, 64)
			if err != nil {
				t.Fatal(err)
			}
			into.SetFloat(number)
		case reflect.Uint64:
			number, err := strconv.ParseUint(code.(*ast.BasicLit).Value, 0, 64)
			if err != nil {
				t.Fatal(err)
			}
			into.SetUint(number)
		default:
			into.SetInt(evaluateInt(t, code))
		}
	}
}

func evaluateElements(t *testing.T, elements []ast.Expr, into reflect.Value) {
	t.Helper()
	for _, element := range elements {
		if into.Kind() == reflect.Slice {
			into.Set(reflect.Append(into, reflect.Zero(into.Type().Elem())))
			evaluate(t, element, into.Index(into.Len()-1))
			continue
		}
		pair := element.(*ast.KeyValueExpr)
		evaluate(t, pair.Value, into.FieldByName(pair.Key.(*ast.Ident).Name))
	}
}

func evaluateInt(t *testing.T, code ast.Expr) int64 {
	t.Helper()
	switch code := code.(type) {
	case *ast.BasicLit:
		number, err := strconv.ParseInt(code.Value, 0, 64)
		if err != nil {
			t.Fatal(err)
		}
		return number
	case *ast.UnaryExpr:
		return -evaluateInt(t, code.X)
	case *ast.BinaryExpr:
		if code.Op != token.MUL {
			t.Fatalf("operator %v", code.Op)
		}
		return evaluateInt(t, code.X) * evaluateInt(t, code.Y)
	case *ast.SelectorExpr:
		unit := map[string]time.Duration{
			"Hour": time.Hour, "Minute": time.Minute, "Second": time.Second, "Millisecond": time.Millisecond, "Microsecond": time.Microsecond,
		}[code.Sel.Name]
		if unit == 0 || code.X.(*ast.Ident).Name != "time" {
			t.Fatalf("unknown name %s", code.Sel.Name)
		}
		return int64(unit)
	}
	t.Fatalf("%T in a script", code)
	return 0
}
