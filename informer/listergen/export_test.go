// SPDX-License-Identifier: Apache-2.0

package main

// Run is the command.
var Run = run
