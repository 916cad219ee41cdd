// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"fmt"
	"hash/fnv"
	"math/bits"
)

// Shard is one of a number of parts that objects are divided into by their UID,
// so that several replicas of a program share them. Parts are of the same size,
// as far as hashes are.
//
//	listwatch.RESTOptions{Shard: listwatch.Shard{Index: ordinal, Of: replicas}}
//
// The server is asked for the part alone, by a shard selector (KEP-5866). A server
// without that sends all objects, and those of other parts are left out here by
// the same hash: what is decoded and cached is the same, what is sent is more.
type Shard struct {
	// Index is which part it is, from 0 to Of-1.
	Index int
	// Of is how many there are. Zero, and one, mean that there is nothing to
	// divide.
	Of int
}

// shardRange is a range of hashes. The zero value has all of them.
type shardRange struct {
	selector    string // as the API has it; empty for all
	start, last uint64
}

// selector returns the range of a shard.
func (s Shard) selector() (shardRange, error) {
	switch {
	case s.Of <= 1 && s.Index == 0 && s.Of >= 0:
		return shardRange{}, nil
	case s.Of <= 0 || s.Index < 0 || s.Index >= s.Of:
		return shardRange{}, fmt.Errorf("RESTOptions.Shard: there is no shard %d of %d; the first of two is {Index: 0, Of: 2}", s.Index, s.Of)
	}
	r := shardRange{start: s.bound(s.Index), last: s.bound(s.Index+1) - 1}
	end := fmt.Sprintf("0x%016x", r.last+1)
	if s.Index == s.Of-1 {
		end = "0x10000000000000000" // 2^64, which the API writes like that
	}
	r.selector = fmt.Sprintf("shardRange(object.metadata.uid, '0x%016x', '%s')", r.start, end)
	return r, nil
}

// bound is where part i begins: i × 2^64 ÷ Of. For the one after the last it is
// zero, so that one less is the highest hash.
func (s Shard) bound(i int) uint64 {
	if i == s.Of {
		return 0
	}
	bound, _ := bits.Div64(uint64(i), 0, uint64(s.Of))
	return bound
}

// has reports whether an object with that UID is in the shard.
func (r *shardRange) has(uid []byte) bool {
	if r.selector == "" {
		return true
	}
	hash := fnv.New64a() // stays on the stack
	hash.Write(uid)
	sum := hash.Sum64()
	return r.start <= sum && sum <= r.last
}
