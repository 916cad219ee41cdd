// SPDX-License-Identifier: Apache-2.0

package project

// Append appends to dst what the plan takes of the document, and returns the
// longer slice. What is left has the order and the white space of the document,
// and no more bytes than it, but for members that get another name. dst must not
// share memory with the document.
//
// It fails with a [*SyntaxError] if the document is not JSON, and returns dst as
// it was then. A nil Plan appends the document without looking at it.
func (p *Plan) Append(dst, document []byte) ([]byte, error) {
	if p == nil {
		return append(dst, document...), nil
	}
	c := cutter{scanner: scanner{document: document}, dst: dst}
	end := c.all(p.root)
	if end < 0 {
		return dst, c.syntaxError(^end)
	}
	return append(c.dst, document[c.copied:]...), nil
}

// A cutter copies a document but for what is cut out.
type cutter struct {
	scanner
	dst    []byte
	copied int // all before it was copied or cut out
}

// cut leaves out what is between two offsets. Neither is below one that was
// given before.
func (c *cutter) cut(begin, end int) {
	if begin > c.copied { // else it goes on from the cut before
		c.dst = append(c.dst, c.document[c.copied:begin]...)
	}
	c.copied = end
}

// all reads the whole document.
func (c *cutter) all(root *node) int {
	i := c.take(root, c.space(0), 0)
	if i < 0 {
		return i
	}
	if i = c.space(i); i < len(c.document) {
		return ^i
	}
	return i
}

// take reads a value and cuts out of it what the node does not take.
func (c *cutter) take(n *node, i, depth int) int {
	if n != nil && i < len(c.document) {
		switch {
		case c.document[i] == '{' && n.kind == object:
			return c.takeObject(n, i, depth)
		case c.document[i] == '[' && n.kind == array:
			return c.takeArray(n, i, depth)
		}
	}
	return c.value(i, depth)
}

func (c *cutter) takeArray(n *node, i, depth int) int {
	i, end := c.open(i, ']', depth)
	for !end && i >= 0 {
		if i = c.take(n.each, i, depth+1); i < 0 {
			return i
		}
		i, end = c.next(i, ']')
	}
	return i
}

// takeObject cuts a member out together with the comma before it. As long as no
// member was taken there is none that could stay, so up to there the comma
// behind it goes.
func (c *cutter) takeObject(n *node, i, depth int) int {
	i, end := c.open(i, '}', depth)
	from, taken := i, false
	for !end && i >= 0 {
		m, value := c.takeName(n, i)
		if value < 0 {
			return value
		}
		to := c.takeMember(m, value, depth+1)
		if to < 0 {
			return to
		}
		i, end = c.next(to, '}')
		taken = taken || m != nil
		if !taken && !end && i >= 0 {
			to = i
		}
		if m == nil {
			c.cut(from, to)
		}
		from = to
	}
	return i
}

// takeName reads the name of a member up to its value.
func (c *cutter) takeName(n *node, i int) (_ *member, value int) {
	name, end, value := c.name(i)
	if value < 0 {
		return nil, value
	}
	m := n.find(name)
	if m != nil && m.fold && m.name != string(name) {
		c.rename(i+1, end-1, m.name)
	}
	return m, value
}

// takeMember reads the value of a member, which is not taken if m is nil, and
// the white space behind it.
func (c *cutter) takeMember(m *member, i, depth int) int {
	if m != nil {
		i = c.take(m.node, i, depth)
	} else {
		i = c.value(i, depth)
	}
	if i < 0 {
		return i
	}
	return c.space(i)
}

// rename has the name between two offsets replaced. Names of fields are letters
// and digits, which need no escape.
func (c *cutter) rename(begin, end int, name string) {
	c.cut(begin, end)
	c.dst = append(c.dst, name...)
}
