// Kith helps people notice, create and remember micro-moments. Everything it does lives below internal.
package main

import (
	"os"

	"kith/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
