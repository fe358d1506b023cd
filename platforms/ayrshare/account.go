package ayrshare

import (
	"context"
	"encoding/json"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
)

// This file is what concerns the login itself: what it may do, and its
// automatic answer.

func (p *provider) Inspect(ctx context.Context) (inbox.AccountInfo, error) {
	const op = "inspect"
	res, err := p.api.user(ctx)
	if err != nil {
		return inbox.AccountInfo{}, failed(op, err)
	}
	o, err := p.api.answer(op, "", res)
	if err != nil {
		return inbox.AccountInfo{}, err
	}
	info := accountInfo(o)
	info.ServerTime = res.ServerTime
	if len(p.hooks) > 0 { // else it is not meant to be called
		info.Checks = append(info.Checks, p.checkHook(ctx))
	}
	return info, nil
}

// accountInfo reads a user. The list of networks is left out when none is
// linked, so no list is an empty one. Texts are made safe here: they do not pass
// through the inbox's ingest.
func accountInfo(o loose.Object) inbox.AccountInfo {
	info := inbox.AccountInfo{
		Title:       inbox.CleanLine(o.Text("title")),
		Linked:      []inbox.Platform{},
		Messaging:   map[inbox.Platform]bool{},
		LastUpdated: o.Time("lastUpdated"),
		NextUpdate:  o.Time("nextUpdate"),
	}
	if enabled, told := o.Bool("messagingEnabled"); told {
		info.MessagingEnabled = &enabled
	}
	if n, ok := loose.Int(o["messagingConversationMonthlyCount"]); ok {
		count := int(n)
		info.ConversationCount = &count
	}
	for _, raw := range o.List("activeSocialAccounts") {
		if name, ok := loose.Text(raw); ok && name != "" {
			info.Linked = append(info.Linked, inbox.Platform(inbox.CleanLine(name)))
		}
	}
	for _, raw := range o.List("displayNames") {
		network, _ := loose.ParseObject(raw)
		if active, told := network.Bool("messagingActive"); told {
			info.Messaging[inbox.Platform(inbox.CleanLine(network.Text("platform")))] = active
		}
	}
	return info
}

func (p *provider) AutoReply(ctx context.Context) (inbox.AutoReply, error) {
	const op = "read the automatic answer"
	res, err := p.api.autoResponse(ctx)
	if err != nil {
		return inbox.AutoReply{}, failed(op, err)
	}
	o, err := p.api.answer(op, "", res)
	if err != nil {
		return inbox.AutoReply{}, err
	}
	return autoReply(o, inbox.AutoReply{}), nil
}

// SetAutoReply changes what is set. The answer repeats only that, so the rest is
// read; where both tell, the answer is newer.
func (p *provider) SetAutoReply(ctx context.Context, set inbox.AutoReplyChange) (inbox.AutoReply, error) {
	const op = "change the automatic answer"
	body, refusal := autoResponseOf(set)
	if refusal != nil {
		return inbox.AutoReply{}, refusal
	}
	res, err := p.api.setAutoResponse(ctx, body)
	if err != nil {
		return inbox.AutoReply{}, failed(op, err)
	}
	o, err := p.api.answer(op, "", res)
	if err != nil {
		return inbox.AutoReply{}, err
	}
	now, err := p.AutoReply(ctx)
	if err != nil {
		return inbox.AutoReply{}, err
	}
	return autoReply(o.Object("updated"), now), nil
}

// autoResponseOf converts the change. The provider counts whole seconds.
func autoResponseOf(set inbox.AutoReplyChange) (autoResponseBody, *inbox.Error) {
	body := autoResponseBody{Active: set.Active, Message: set.Message}
	if set.Wait == nil {
		return body, nil
	}
	if *set.Wait < 0 || *set.Wait%time.Second != 0 {
		return body, inbox.Errorf(inbox.Rejected, "the wait between two automatic answers is %v, but must be whole seconds and not negative", *set.Wait)
	}
	seconds := int64(*set.Wait / time.Second)
	body.WaitSeconds = &seconds
	return body, nil
}

// autoReply puts what is told over what was known. An account that never set
// one is told nothing.
func autoReply(o loose.Object, known inbox.AutoReply) inbox.AutoReply {
	if active, told := o.Bool("autoResponseActive"); told {
		known.Active = active
	}
	if message, told := o["autoResponseMessage"]; told && !loose.IsNull(message) {
		known.Message = o.Text("autoResponseMessage")
	}
	if seconds, ok := secondsOf(o["autoResponseWaitSeconds"]); ok {
		known.Wait = seconds
	}
	return known
}

// secondsOf reads a wait; ten years is as good as never, and fits a Duration.
func secondsOf(raw json.RawMessage) (time.Duration, bool) {
	const never = 10 * 365 * 24 * 60 * 60
	n, ok := loose.Int(raw)
	return time.Duration(min(max(n, 0), never)) * time.Second, ok
}
