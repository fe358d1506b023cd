package config

// The [media] table: how files of the agent's machine get a public address.

import "parley/platforms/upload"

// takeMedia takes the command that uploads; none without one.
func takeMedia(root *table) upload.Command {
	t := root.sub("media")
	if t == nil {
		return nil
	}
	command, _ := parsed(t, "upload_command", `a command in quotes, such as "upload-to-bucket --public {file}"`, splitCommand)
	t.finish()
	return upload.Command(command)
}
