//go:build tools

// Package traefik pins Traefik, so that tests can run it as a process with the configuration that components generate.
package traefik

import (
	_ "github.com/traefik/traefik/v3/cmd/traefik"
)
