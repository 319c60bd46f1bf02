//go:build tools

// Package fission pins Fission's own programs, so that the sandbox can run them as processes: the bundle of its control
// plane, and the fetcher, which loads code into function pods.
package fission

import (
	_ "github.com/fission/fission/cmd/fetcher"
	_ "github.com/fission/fission/cmd/fission-bundle"
)
