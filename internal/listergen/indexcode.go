// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"fmt"
	"go/types"
	"strings"
)

// code returns the body of the function that reads the values of an index from
// a variable. It is not formatted.
func (p *fieldPath) code(variable, valueType string) string {
	var body strings.Builder
	if !p.many() {
		p.single(&body, variable, valueType)
		return body.String()
	}
	if plain := plainItems(p.steps, variable); plain != "" {
		return "return " + plain
	}
	p.items(&body, variable)
	body.WriteString("return values")
	return body.String()
}

// single writes the code for one value: nil on the way means none.
func (p *fieldPath) single(body *strings.Builder, variable, valueType string) {
	value, conditions := follow(p.steps, variable)
	if len(conditions) > 0 {
		fmt.Fprintf(body, "if %s {\nreturn %s, false\n}\n", strings.Join(conditions, " == nil || ")+" == nil", zero(p.value, valueType))
	}
	fmt.Fprintf(body, "return %s, true", value)
}

// plainItems returns the expression of a path that is a slice as it stands;
// empty if it is not.
func plainItems(steps []step, variable string) string {
	last := len(steps) - 1
	if untilItems(steps) != last {
		return ""
	}
	value, conditions := follow(steps[:last], variable)
	if len(conditions) > 0 {
		return ""
	}
	return value
}

// items writes loops that collect values: one for each slice on the way, and
// what is nil is left out.
func (p *fieldPath) items(body *strings.Builder, variable string) {
	value, steps, closing := variable, p.steps, ""
	for depth := 0; ; depth++ {
		next := untilItems(steps)
		var conditions []string
		value, conditions = follow(steps[:next], value)
		if len(conditions) > 0 {
			fmt.Fprintf(body, "if %s {\n", strings.Join(conditions, " != nil && ")+" != nil")
			closing += "}\n"
		}
		if next == len(steps) {
			fmt.Fprintf(body, "values = append(values, %s)\n", value)
			break
		}
		if steps = steps[next+1:]; len(steps) == 0 {
			fmt.Fprintf(body, "values = append(values, %s...)\n", value)
			break
		}
		index := loopVariable(depth)
		fmt.Fprintf(body, "for %s := range %s {\n", index, value)
		closing += "}\n"
		value = fmt.Sprintf("%s[%s]", operand(value), index)
	}
	body.WriteString(closing)
}

func loopVariable(depth int) string { return string(rune('i' + depth)) }

// untilItems returns how many steps there are before the next slice.
func untilItems(steps []step) int {
	for i, s := range steps {
		if s.kind == intoItems {
			return i
		}
	}
	return len(steps)
}

// follow returns the expression that steps lead to, and the pointers on the way
// that must not be nil.
func follow(steps []step, from string) (value string, pointers []string) {
	value = from
	for i, s := range steps {
		if s.kind == intoField {
			value = operand(value) + "." + s.field
			continue
		}
		pointers = append(pointers, value)
		// A selector follows a pointer by itself.
		if i == len(steps)-1 || steps[i+1].kind != intoField {
			value = "*" + value
		}
	}
	return value, pointers
}

// operand returns an expression as one that a selector or an index can follow.
func operand(value string) string {
	if strings.HasPrefix(value, "*") {
		return "(" + value + ")"
	}
	return value
}

// zero returns the zero value of a type as code.
func zero(t types.Type, name string) string {
	basic, ok := t.Underlying().(*types.Basic)
	switch {
	case !ok:
		return name + "{}"
	case basic.Info()&types.IsString != 0:
		return `""`
	case basic.Info()&types.IsBoolean != 0:
		return "false"
	}
	return "0"
}
