//go:build tools

// Package mysqldexporter pins the exporter of MariaDB's and MySQL's metrics, so that tests can run it as a process beside a
// real server.
package mysqldexporter

import (
	_ "github.com/prometheus/mysqld_exporter"
)
