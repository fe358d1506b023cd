// Package relay lets the parley that holds a cache run the commands of others.
//
// A cache belongs to one process, and an inbox is open all day. So the holder
// listens on a unix socket in the data folder, and a command line that finds it
// there has its command run by the holder: arguments and what is known of the
// caller's terminal go over, output and exit code come back.
//
//	client                                  holder
//	  hello (version, config, args, …) ->
//	                                     <- accepted, or refused (text, hint)
//	                                     <- output, complaint (bytes), as they come
//	                                     <- want: the command reads standard input
//	  input (bytes), or end              ->
//	  cancel: the command is to stop     ->
//	                                     <- exit (code)
//
// Each is a frame: four bytes of length, the highest first, then a JSON object.
//
// The rules of this package:
//
//   - Only the same user is served: the socket is 0600 in a 0700 folder, and
//     where the system tells who is at the other end, both ends ask.
//   - Nothing runs before "accepted", so until then a client may go on in another
//     way. After it, a lost line is an error: what was run is never run again.
//   - Standard input is read when the command asks for it and not before: the
//     rest of it belongs to whoever started the client.
//   - A client that is gone ends its command, and no other.
//   - No secret goes over: the holder has its own.
//
// Where there are no unix sockets, nobody listens and nobody is found.
package relay
