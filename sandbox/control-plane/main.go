// Command control-plane is one binary that is etcd, the Kubernetes control plane, kubeadm (which makes the
// certificates), kwok and kubectl, chosen by its first argument: linked once instead of seven times.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/cmd"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"

	_ "k8s.io/component-base/metrics/prometheus/restclient"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

var commands = map[string]func() (*cobra.Command, error){
	"kube-apiserver":          plain(apiserver.NewAPIServerCommand),
	"kube-controller-manager": plain(controllermanager.NewControllerManagerCommand),
	"kube-scheduler":          plain(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubeadm":                 plain(func() *cobra.Command { return kubeadm.NewKubeadmCommand(os.Stdin, os.Stdout, os.Stderr) }),
	"kubectl":                 plain(func() *cobra.Command { return kubectl.NewDefaultKubectlCommand() }),
	"kwok":                    kwokCommand,
}

func main() {
	if len(os.Args) < 2 {
		fail("usage: control-plane etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kubeadm|kwok|kubectl [flags]")
	}
	name := os.Args[1]
	os.Args = append([]string{name}, os.Args[2:]...)
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	build, known := commands[name]
	if !known {
		fail(fmt.Sprintf("control-plane: unknown program %q", name))
	}
	command, err := build()
	if err != nil {
		fail(fmt.Sprintf("%s: %v", name, err))
	}
	os.Exit(cli.Run(command))
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}

func plain(build func() *cobra.Command) func() (*cobra.Command, error) {
	return func() (*cobra.Command, error) { return build(), nil }
}

// kwokCommand hands kwok its configuration by way of the context: it reads the files before it makes the command, from
// flags that belong to no command. The global flags hold Kubernetes' --version, which isn't the one that kwok means.
func kwokCommand() (*cobra.Command, error) {
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return nil, err
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	command.SetContext(ctx)
	return command, nil
}
