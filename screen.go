package main

import (
	"context"

	"parley/inbox"
)

func (a *app) openInbox(ctx context.Context) error {
	return a.withSession(ctx, online, a.runScreen)
}

func (a *app) runScreen(ctx context.Context, s *session) error {
	return inbox.Errorf(inbox.Unsupported, "no screen")
}
