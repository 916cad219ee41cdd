// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// marker is a line of a comment that begins with a plus sign: "+name=value", or
// "+name" with no value.
type marker struct {
	name, value string
	pos         token.Pos
}

// markersOf returns the markers in comments, in their order.
func markersOf(comments []*ast.CommentGroup) (markers []marker) {
	for _, group := range comments {
		for _, comment := range group.List {
			offset := 0
			for line := range strings.Lines(comment.Text) {
				if name, value, ok := parseMarker(line); ok {
					markers = append(markers, marker{name, value, comment.Pos() + token.Pos(offset)})
				}
				offset += len(line)
			}
		}
	}
	return markers
}

// parseMarker reads a line of a comment, with the signs of the comment.
func parseMarker(line string) (name, value string, ok bool) {
	line = strings.TrimSpace(line)
	for _, sign := range []string{"//", "/*", "*"} {
		if rest, found := strings.CutPrefix(line, sign); found {
			line = rest
			break
		}
	}
	line = strings.TrimSpace(strings.TrimSuffix(line, "*/"))
	text, ok := strings.CutPrefix(line, "+")
	if !ok {
		return "", "", false
	}
	name, value, _ = strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	return name, value, name != "" && !strings.ContainsAny(name, " \t")
}

// argument is one "name=value" of a marker that has several.
type argument struct{ name, value string }

// parseArguments reads "path=gadgets,scope=Cluster": separated by commas, but
// for those within quotes and braces. Quotes around a value are dropped.
func parseArguments(text string) (arguments []argument, err error) {
	for text != "" {
		var one string
		one, text, err = cutArgument(text)
		if err != nil {
			return nil, err
		}
		name, value, _ := strings.Cut(one, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if name == "" {
			return nil, fmt.Errorf("there is a value without a name: %q", one)
		}
		arguments = append(arguments, argument{name, unquote(value)})
	}
	return arguments, nil
}

// cutArgument returns what comes before the first comma that separates, and
// what comes after it.
func cutArgument(text string) (first, rest string, err error) {
	quote, depth := rune(0), 0
	for at, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '`':
			quote = r
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ',' && depth == 0:
			return text[:at], text[at+1:], nil
		}
	}
	if quote != 0 {
		return "", "", fmt.Errorf("a quote %c is not closed in %q", quote, text)
	}
	return text, "", nil
}

func unquote(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '`') && value[len(value)-1] == value[0] {
		return value[1 : len(value)-1]
	}
	return value
}
