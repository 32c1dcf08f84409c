// Command siteward is the caretaker of a small site's IT. `siteward --help` lists what it does.
package main

import (
	"os"

	"siteward/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
