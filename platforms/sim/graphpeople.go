package sim

import (
	"maps"
	"net/http"
	"slices"

	"parley/inbox"
)

// This file has whom and what the Graph API knows beside messages: the account,
// customers, own posts, and for which events it is subscribed.

// nodeReply answers with an object, of whose fields those are told that are
// asked for, or else the given ones.
func (f *graphFace) nodeReply(c *call, node map[string]any, untold ...string) reply {
	fields, p := askedOf(c, node, untold)
	if p != nil {
		return f.refuse(*p)
	}
	return f.tell(c, cutObject(node, fields))
}

// askedOf reads the fields parameter for objects like this one.
func askedOf(c *call, example map[string]any, untold []string) ([]field, *graphProblem) {
	q, bad := c.graphQuery()
	if bad != "" {
		return nil, new(invalid(bad))
	}
	if q.fields == nil {
		for _, name := range untold {
			q.fields = append(q.fields, field{name: name})
		}
	}
	for _, asked := range q.fields {
		if _, ok := example[asked.name]; !ok {
			return nil, new(invalid("nonexisting field (" + asked.name + ")"))
		}
	}
	return q.fields, nil
}

// me is GET /me and GET /{ig-id}.
func (f *graphFace) me(c *call) reply {
	node := map[string]any{
		"id": appScopedID, "user_id": pageID(inbox.Instagram), "username": shopUsername, "name": shopName,
		"account_type": "BUSINESS", "profile_picture_url": "https://cdn.example/shop.jpg",
		"followers_count": 4127, "follows_count": 88, "media_count": ownPosts,
	}
	fields, p := askedOf(c, node, []string{"id"})
	if p != nil {
		return f.refuse(*p)
	}
	told := cutObject(node, fields)
	if !c.faults.wrapped {
		return f.tell(c, told)
	}
	delete(told, "id") // as the documents show it
	return f.tell(c, map[string]any{"data": []any{told}})
}

// readProfile is GET /{igsid}. It needs the customer's consent, which writing
// gives.
func (f *graphFace) readProfile(c *call) reply {
	conv, ok := c.s.world.byParticipant[c.id]
	switch {
	case !ok:
		return f.refuse(missing(c.id))
	case conv.lastReceived == 0, conv.person == nil && conv.seed%11 == 0:
		return f.refuse(consentProblem)
	}
	p := c.s.world.personOf(conv)
	node := map[string]any{
		"id": conv.participant, "name": nullable(p.Name), "username": p.Username, "profile_pic": nullable(p.Picture),
		"follower_count": conv.seed % 3000, "is_user_follow_business": conv.seed%3 == 0,
		"is_business_follow_user": false, "is_verified_user": false,
	}
	return f.nodeReply(c, node, "name", "username")
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (p ownPost) node() map[string]any {
	product := "FEED"
	if p.kind == "VIDEO" {
		product = "REELS"
	}
	return map[string]any{
		"id": p.id, "caption": p.caption, "media_type": p.kind, "media_product_type": product, "permalink": p.permalink,
		"timestamp": p.at.UTC().Format(graphTime), "username": shopUsername,
		"media_url":  "https://cdn.example/post/" + p.id + ".jpg",
		"like_count": fingerprint(p.id) % 900, "comments_count": fingerprint(p.permalink) % 40,
	}
}

// listPosts is GET /me/media.
func (f *graphFace) listPosts(c *call) reply {
	w := c.s.world
	fields, p := askedOf(c, w.posts[0].node(), []string{"id"})
	if p != nil {
		return f.refuse(*p)
	}
	q, _ := c.graphQuery()
	scope := readQuery{platform: inbox.Instagram, conversation: "posts", next: q.after}
	from, err := openCursor(scope)
	if err != nil {
		return f.refuse(invalid("after"))
	}
	var rows []any
	end := pageEnd{path: c.req.URL.Path, query: c.req.URL.Query()}
	for _, post := range w.posts {
		if !from.before(post.at.UnixMilli(), post.id) {
			continue
		}
		if len(rows) == q.limit {
			end.more = true
			break
		}
		rows = append(rows, cutObject(post.node(), fields))
		end.after = cursor{At: post.at.UnixMilli(), ID: post.id}.seal(scope)
	}
	return f.tell(c, f.edge(c, rows, end))
}

// readPost is GET /{media-id}.
func (f *graphFace) readPost(c *call) reply {
	post, ok := c.s.world.postByID(c.id)
	if !ok {
		return f.refuse(missing(c.id))
	}
	return f.nodeReply(c, post.node(), "id")
}

func (w *world) postByID(id string) (ownPost, bool) {
	i := slices.IndexFunc(w.posts, func(p ownPost) bool { return p.id == id })
	if i < 0 {
		return ownPost{}, false
	}
	return w.posts[i], true
}

// webhookFields are those that an account can be subscribed to, as far as they
// are about messages, and those that the dashboard has beside them.
var webhookFields = []string{
	"messages", "message_reactions", "messaging_seen", "messaging_postbacks", "messaging_referral", "message_edit",
	"messaging_optins", "messaging_handover", "standby", "comments", "live_comments", "mentions",
}

// subscriptions is GET /{ig-id}/subscribed_apps.
func (f *graphFace) subscriptions(c *call) reply {
	data := []any{}
	if len(f.subscribed) > 0 {
		data = append(data, map[string]any{"id": f.opts.AppID, "subscribed_fields": f.subscribed})
	}
	return f.tell(c, map[string]any{"data": data})
}

// subscribe is POST /{ig-id}/subscribed_apps.
func (f *graphFace) subscribe(c *call) reply {
	form, err := parseForm(c)
	if err != nil {
		return f.refuse(invalid("body"))
	}
	asked := listOf(form.Get("subscribed_fields"))
	for _, name := range asked {
		if !slices.Contains(webhookFields, name) {
			return f.refuse(invalid("subscribed_fields: " + name))
		}
	}
	if len(asked) == 0 {
		return f.refuse(invalid("subscribed_fields"))
	}
	f.subscribed, f.subscribing = asked, true
	return jsonReply(http.StatusOK, map[string]any{"success": true})
}

// unsubscribe is DELETE /{ig-id}/subscribed_apps.
func (f *graphFace) unsubscribe(*call) reply {
	f.subscribed, f.subscribing = nil, true
	return jsonReply(http.StatusOK, map[string]any{"success": true})
}

func (f *graphFace) isSubscribed(field string) bool { return slices.Contains(f.subscribed, field) }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
