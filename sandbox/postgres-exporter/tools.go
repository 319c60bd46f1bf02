//go:build tools

// Package postgresexporter pins the exporter of PostgreSQL's metrics, so that tests can run it as a process beside a real
// server.
package postgresexporter

import (
	_ "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter"
)
