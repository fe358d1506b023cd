package httpapi

import (
	"errors"
	"fmt"
	"net"
	"net/url"
)

// parseBase accepts the base URL of an API: https, or http where nothing
// crosses a network. Anything that could smuggle a secret into a log (user
// info, query) is refused.
func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("not a URL") // the parser's error repeats the text, which may hold a password
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("must begin with https://")
	case u.Hostname() == "":
		return nil, errors.New("has no host")
	case u.User != nil:
		return nil, errors.New("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("must end with a path, without ? or #")
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("http is only for this machine (127.0.0.1, localhost); %s needs https", u.Hostname())
	}
	return u, nil
}

// IsLoopback tells that a host is this machine, so that nothing sent to it crosses
// a network.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
