// SPDX-License-Identifier: Apache-2.0

package inorder

const (
	FullBatch   = fullBatch
	MostBatches = mostBatches
	MostBytes   = mostBytes
	MostPieces  = 512
)
