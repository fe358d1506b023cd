package sim

import (
	"cmp"
	"fmt"
	"slices"

	"parley/inbox"
)

// This file has the JSON of the Graph API's messages: what a reading shows, and
// what it leaves out although a webhook told it.

var messageFields = []string{
	"id", "created_time", "from", "to", "message", "attachments", "shares", "story", "reactions", "reply_to", "is_unsupported",
}

func checkMessageFields(fields []field) *graphProblem {
	for _, f := range fields {
		if !slices.Contains(messageFields, f.name) {
			return new(invalid("nonexisting field (" + f.name + ")"))
		}
	}
	return nil
}

// messageNode is a message with the fields that are asked for. One that is too
// old has an id and a time, whatever is asked for.
func (f *graphFace) messageNode(w *world, m *message, fields []field, full bool) map[string]any {
	bare := map[string]any{"id": m.id, "created_time": graphStamp(m.at)}
	if fields == nil || !full {
		return bare
	}
	return cutObject(f.fullMessage(w, m), fields)
}

func (f *graphFace) fullMessage(w *world, m *message) map[string]any {
	from, to := w.graphCustomer(m.conv), graphShop()
	if m.sent {
		from, to = to, from
	}
	node := map[string]any{
		"id": m.id, "created_time": graphStamp(m.at), "from": from,
		"to": map[string]any{"data": []any{to}}, "message": m.text, "is_unsupported": false,
	}
	for i, a := range m.attachments {
		f.attach(node, m, i, a)
	}
	if len(m.reactions) > 0 {
		node["reactions"] = map[string]any{"data": f.reactions(w, m)}
	}
	if m.answers != "" {
		node["reply_to"] = map[string]any{"mid": m.answers, "is_self_reply": false}
	}
	return node
}

// attach adds what a reading shows of an attachment. Of the posts, reels and
// stories that customers share it shows nothing.
func (f *graphFace) attach(node map[string]any, m *message, i int, a Attachment) {
	switch a.Type {
	case "image", "video", "audio", "file", "like_heart", "sticker":
		addTo(node, "attachments", fileNode(m, i, a))
	case "share":
		addTo(node, "shares", map[string]any{"link": a.URL, "name": a.Title})
	case "ig_post", "product_template":
		if m.sent || a.Type == "product_template" {
			addTo(node, "shares", map[string]any{"link": a.URL, "name": a.Title, "id": a.ID})
		}
	case "story_mention":
		node["story"] = map[string]any{"mention": storyNode(a)}
	case "story_reply":
		node["story"] = map[string]any{"reply_to": storyNode(a)}
	case "ig_reel", "ig_story", "reel", "story":
	default:
		node["is_unsupported"] = true
	}
}

func storyNode(a Attachment) map[string]any {
	return map[string]any{"link": a.URL, "id": cmp.Or(a.ID, assetID(a.URL))}
}

// addTo appends to an edge of the node.
func addTo(node map[string]any, edge string, element map[string]any) {
	list, _ := node[edge].(map[string]any)
	data, _ := list["data"].([]any)
	node[edge] = map[string]any{"data": append(data, element)}
}

// fileNode is one file, in the one of three shapes that its kind has.
func fileNode(m *message, i int, a Attachment) map[string]any {
	url := hosted(m, i, a)
	node := map[string]any{"id": fmt.Sprintf("%d", fingerprint(m.id+fmt.Sprint(i))%1_000_000_000_000_000), "size": 40_000 + fingerprint(a.URL)%900_000}
	image := map[string]any{
		"url": url, "preview_url": url, "width": 1080, "height": 1350, "max_width": 1080, "max_height": 1350, "render_as_sticker": false,
	}
	switch a.Type {
	case "image":
		node["mime_type"], node["name"], node["image_data"] = "image/jpeg", "image.jpg", image
	case "like_heart", "sticker":
		image["render_as_sticker"] = true
		node["mime_type"], node["name"], node["image_data"] = "image/png", a.Type+".png", image
	case "video":
		node["mime_type"], node["name"] = "video/mp4", "video.mp4"
		node["video_data"] = map[string]any{"url": url, "preview_url": url, "width": 720, "height": 1280, "length": 9, "video_type": 0}
	case "audio":
		node["mime_type"], node["name"], node["file_url"] = "audio/mp4", "audioclip.mp4", url
	case "file":
		node["mime_type"], node["name"], node["file_url"] = "application/pdf", "file.pdf", url
	}
	return node
}

// isFile tells whether the platform has the file itself, and its own address for
// it.
func isFile(a Attachment) bool {
	return slices.Contains([]string{"image", "video", "audio", "file"}, a.Type)
}

// hosted is where a file is found: what the shop sent was fetched, and is at
// the platform's own address now.
func hosted(m *message, i int, a Attachment) string {
	if !m.sent && a.URL != "" {
		return a.URL
	}
	n := fingerprint(m.id + fmt.Sprint(i))
	return fmt.Sprintf("https://lookaside.example/ig_messaging_cdn/?asset_id=%016d&signature=AY%x", n%10_000_000_000_000_000, mix(n, 1))
}

// reactions are told by their names, where they have one, in half of the worlds,
// and as emojis in the others.
func (f *graphFace) reactions(w *world, m *message) []any {
	var list []any
	for _, user := range sortedKeys(m.reactions) {
		reaction := m.reactions[user]
		if name, ok := metaNames[reaction]; ok && f.opts.Seed%2 == 0 {
			reaction = name
		}
		who := graphShop()
		if user == m.conv.participant {
			who = w.graphCustomer(m.conv)
		}
		list = append(list, map[string]any{"reaction": reaction, "users": []any{who}})
	}
	return list
}

// graphShop is the account as messages name it.
func graphShop() map[string]any {
	return map[string]any{"id": pageID(inbox.Instagram), "username": shopUsername}
}

// graphCustomer is the customer as messages name them: somebody who has left
// Instagram has no username.
func (w *world) graphCustomer(c *conversation) map[string]any {
	who := map[string]any{"id": c.participant}
	if p := w.personOf(c); p.Username != "" {
		who["username"] = p.Username
	}
	return who
}
