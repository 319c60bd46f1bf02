// Command cert-manager runs cert-manager's own webhook or its own controllers as a process of the sandbox, chosen by the
// first argument. Upstream's commands are no part of its Go module, but all that they put together is. What asks an ACME
// authority, Vault or Venafi is left out: there is none to ask.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

var commands = map[string]func(context.Context, []string) error{
	"controller": runControllers,
	"webhook":    runWebhook,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return fmt.Errorf("say which: controller or webhook")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return commands[args[0]](ctx, args[1:])
}

// ignoreVerbosity accepts what upstream's logging takes as --v.
func ignoreVerbosity(flags *pflag.FlagSet) {
	flags.Int("v", 0, "not used here")
}
