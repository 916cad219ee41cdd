// SPDX-License-Identifier: Apache-2.0

package slots

// numbers gives out small numbers: those first that were given back last.
type numbers struct {
	free  []uint32 // below limit and not taken
	limit uint32   // numbers from here on have never been taken
}

// Limit returns a number that all that were given out are below.
func (n *numbers) Limit() int { return int(n.limit) }

func (n *numbers) take() uint32 {
	if last := len(n.free) - 1; last >= 0 {
		number := n.free[last]
		n.free = n.free[:last]
		return number
	}
	number := n.limit
	n.limit++
	return number
}

func (n *numbers) giveBack(number uint32) { n.free = append(n.free, number) }
