// Command plugins is the sandbox's stand-ins for Pulumi's resource plugins, all in one binary: the name it
// is started under (pulumi-resource-kubernetes, ...) chooses the plugin. One binary links client-go and gRPC
// once, so the plugin directory stays small and the build short.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/cloud"
	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/kubernetes"
	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/random"
	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/tls"
)

const binaryPrefix = "pulumi-resource-"

// constructor makes a stand-in.
type constructor func(host *provider.HostClient, version string) (pulumirpc.ResourceProviderServer, error)

// plugins maps a Pulumi package to the constructor of its stand-in.
var plugins = map[string]constructor{
	"aws":          offline("aws"),
	"azure-native": offline("azure-native"),
	"command":      offline("command"),
	"eks":          offline("eks"),
	"gcp":          offline("gcp"),
	"kubernetes":   kubernetes.New,
	"random":       random.New,
	"tls":          tls.New,
}

// offline answers for a package from a table.
func offline(name string) constructor {
	return func(host *provider.HostClient, version string) (pulumirpc.ResourceProviderServer, error) {
		return cloud.New(host, name, version)
	}
}

func main() {
	if err := run(os.Args[0]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(executable string) error {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(executable), binaryPrefix), ".exe")
	construct, known := plugins[name]
	if !known {
		return fmt.Errorf("%q is no stand-in plugin; link this binary as one of: %s", name, binaryNames())
	}
	version := versionOf(executable)
	return provider.Main(name, func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return construct(host, version)
	})
}

func binaryNames() string {
	names := make([]string, 0, len(plugins))
	for name := range plugins {
		names = append(names, binaryPrefix+name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

var pluginDirectory = regexp.MustCompile(`^resource-.+-v(\d+\.\d+\.\d+.*)$`)

// versionOf reads the plugin's version off the directory the engine found it in
// ($PULUMI_HOME/plugins/resource-NAME-vVERSION), so that a newer SDK needs no new build.
func versionOf(executable string) string {
	directory := filepath.Base(filepath.Dir(executable))
	if match := pluginDirectory.FindStringSubmatch(directory); match != nil {
		return match[1]
	}
	return "0.0.0"
}
