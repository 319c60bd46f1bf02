//go:build tools

// Package kubescore pins kube-score, so that the security tests can build it.
package kubescore

import _ "github.com/zegl/kube-score/cmd/kube-score"
