package main

import (
	"strings"
	"testing"
)

func TestVersionIsReadOffThePluginDirectory(t *testing.T) {
	for executable, want := range map[string]string{
		"/home/.pulumi/plugins/resource-kubernetes-v4.34.2/pulumi-resource-kubernetes": "4.34.2",
		"/home/.pulumi/plugins/resource-random-v4.21.2-alpha.1/pulumi-resource-random": "4.21.2-alpha.1",
		"/somewhere/pulumi-resource-kubernetes":                                        "0.0.0",
	} {
		if got := versionOf(executable); got != want {
			t.Errorf("%s: got %s, want %s", executable, got, want)
		}
	}
}

func TestAnUnknownNameListsTheKnownOnes(t *testing.T) {
	err := run("/tmp/plugins")
	if err == nil || !strings.Contains(err.Error(), "pulumi-resource-kubernetes") {
		t.Errorf("got %v", err)
	}
}
