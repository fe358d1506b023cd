// Parley is a terminal inbox for direct messages: support agents answer
// customers who write on Facebook, Instagram and X, from the keyboard.
//
// What can be asked of it is in cli, what a conversation is and how it changes
// in inbox; the providers are in platforms, the files in cache, the screen in
// ui, and none of these knows another.
package main

import (
	"os"

	"parley/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
