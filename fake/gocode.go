// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// String returns the script as Go code, as [Script.GoString] does.
func (s Script) String() string { return s.GoString() }

// GoString returns the script as Go code: an expression in the format of gofmt,
// for a file that imports this package and time, with one rule a line.
func (s Script) GoString() string {
	if len(s.Rules) == 0 {
		return goLiteral(s)
	}
	var text strings.Builder
	text.WriteString("fake.Script{\n")
	if s.Seed != 0 {
		fmt.Fprintf(&text, "\tSeed: %d,\n", s.Seed)
	}
	text.WriteString("\tRules: []fake.Rule{\n")
	for _, rule := range s.Rules {
		text.WriteString("\t\t" + strings.TrimPrefix(rule.GoString(), "fake.Rule") + ",\n")
	}
	text.WriteString("\t},\n}")
	return text.String()
}

// GoString returns the rule as Go code, on one line.
func (r Rule) GoString() string { return goLiteral(r) }

// GoString returns the fault as Go code, on one line.
func (f Fault) GoString() string { return goLiteral(f) }

// goLiteral is a composite literal with the fields that are set. It goes over the
// fields by reflection, so that none can be forgotten when one is added.
func goLiteral[S Script | Rule | Fault](s S) string {
	value := reflect.ValueOf(s)
	var fields []string
	for i := range value.NumField() {
		if field := value.Field(i); !field.IsZero() {
			fields = append(fields, value.Type().Field(i).Name+": "+goExpression(field))
		}
	}
	return "fake." + value.Type().Name() + "{" + strings.Join(fields, ", ") + "}"
}

// goExpression is the Go code of one field.
func goExpression(value reflect.Value) string {
	switch v := value.Interface().(type) {
	case time.Duration:
		return goDuration(v)
	case string:
		return strconv.Quote(v)
	case fmt.GoStringer:
		return v.GoString()
	default:
		return fmt.Sprint(v)
	}
}

// goDuration writes a duration in the largest unit that fits.
func goDuration(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{
		{time.Hour, "time.Hour"},
		{time.Minute, "time.Minute"},
		{time.Second, "time.Second"},
		{time.Millisecond, "time.Millisecond"},
		{time.Microsecond, "time.Microsecond"},
	} {
		if d == unit.length {
			return unit.name
		}
		if d%unit.length == 0 {
			return fmt.Sprintf("%d * %s", d/unit.length, unit.name)
		}
	}
	return strconv.FormatInt(int64(d), 10)
}
