// Command minio is one binary that is MinIO's server and its client mc, chosen by the first argument: linked once instead
// of twice.
package main

import (
	"fmt"
	"os"

	mc "github.com/minio/mc/cmd"
	minio "github.com/minio/minio/cmd"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: minio server|mc [flags]")
	}
	switch os.Args[1] {
	case "mc":
		if err := mc.Main(os.Args[1:]); err != nil {
			os.Exit(1)
		}
	case "server":
		minio.Main(os.Args)
	default:
		fail(fmt.Sprintf("minio: unknown program %q", os.Args[1]))
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}
