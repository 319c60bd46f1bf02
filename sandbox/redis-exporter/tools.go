//go:build tools

// Package redisexporter pins the exporter of Redis' metrics, so that tests can run it as a process beside a real server.
package redisexporter

import (
	_ "github.com/oliver006/redis_exporter"
)
