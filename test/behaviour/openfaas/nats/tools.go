//go:build tools

// Package nats pins NATS Streaming, so that the behaviour tests can build it.
package nats

import _ "github.com/nats-io/nats-streaming-server"
