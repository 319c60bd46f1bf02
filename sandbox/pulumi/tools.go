//go:build tools

// Package pulumi pins the Pulumi command line, so that a machine without it can build it.
package pulumi

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
