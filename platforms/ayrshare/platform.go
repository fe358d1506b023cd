// Package ayrshare speaks Ayrshare's Messages API.
package ayrshare

import (
	"parley/inbox"
	"parley/platforms/login"
)

// BaseURL is where the API lives unless the config says otherwise.
const BaseURL = "https://api.ayrshare.com/api"

// Fields are the settings of an account.
var Fields = []login.Field{}

// Open makes the provider of one account.
func Open(l login.Login) (inbox.Provider, error) { panic("to come") }
