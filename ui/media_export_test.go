package ui

// For the tests in media_test.

var (
	FileName  = fileName
	Extension = extension
)
