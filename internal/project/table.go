// SPDX-License-Identifier: Apache-2.0

package project

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A table finds members by their names. Few names of a document have the length
// of one that is looked for, so most are dismissed without being compared. A map
// would take as long to find nothing as reading the name does.
type table struct {
	list []member // by length
	// byLength holds where in the list the names of each length begin. Beyond
	// the longest there are none.
	byLength []int32
	// folded are those that a name of another length could be in another case:
	// there are letters beside ASCII that fold to one of it.
	folded []*member
	wide   bool // one of folded is not in ASCII, so any name could be that
}

func newTable(members []member) table {
	slices.SortStableFunc(members, func(a, b member) int { return cmp.Compare(len(a.name), len(b.name)) })
	t := table{list: members, byLength: []int32{0}}
	for i := range members {
		m := &members[i]
		for len(t.byLength) <= len(m.name) {
			t.byLength = append(t.byLength, int32(i))
		}
		if m.fold {
			t.folded = append(t.folded, m)
			t.wide = t.wide || !isASCII(m.name)
		}
	}
	t.byLength = append(t.byLength, int32(len(members)))
	return t
}

func (t *table) find(name []byte) *member {
	if len(name)+1 < len(t.byLength) {
		for i := t.byLength[len(name)]; i < t.byLength[len(name)+1]; i++ {
			if m := &t.list[i]; m.matches(name) {
				return m
			}
		}
	}
	if len(t.folded) > 0 && (t.wide || !isASCII(name)) {
		return t.findFolded(name)
	}
	return nil
}

func (t *table) findFolded(name []byte) *member {
	for _, m := range t.folded {
		if strings.EqualFold(m.name, string(name)) {
			return m
		}
	}
	return nil
}

// matches compares with a name of the same length.
func (m *member) matches(name []byte) bool {
	return m.name == string(name) || m.fold && equalFoldASCII(m.name, name)
}

// equalFoldASCII compares two names of the same length. It is false where a
// letter beside ASCII has another case.
func equalFoldASCII(a string, b []byte) bool {
	for i := range b {
		if x, y := a[i], b[i]; x != y && (x^y != 0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}

func isASCII[S ~string | ~[]byte](text S) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
