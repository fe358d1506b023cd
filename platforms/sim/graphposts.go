package sim

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// This file has what the shop has published on Instagram: the posts that it can
// share in a conversation, and that customers write about.

// ownPost is one of the shop's own posts.
type ownPost struct {
	id        string
	kind      string // as the Graph API says: IMAGE, VIDEO, CAROUSEL_ALBUM
	caption   string
	permalink string
	at        time.Time
}

const ownPosts = 12

var captions = []string{
	"New in: {product}, in four colours.\n\nMade in {city}, in small numbers ✂️ #smallbatch #linen",
	"Open late this {day} 🌙",
	"How we pack: no plastic, and a card by hand.",
	"Sunday at the market in {city} ☀️\nThank you all for coming!",
	"{product}. That's the post.",
	"We asked, you answered: the moss green is back 🌿",
	"Mending day on {day}: bring what has holes 🧵",
}

// postsOf makes the shop's posts, newest first, from the seed.
func postsOf(seed uint64, started time.Time) []ownPost {
	d := rand.New(rand.NewPCG(seed, 0x706f737473))
	at := started
	list := make([]ownPost, ownPosts)
	for i := range list {
		at = at.Add(-time.Duration(20+d.IntN(100)) * time.Hour)
		code := make([]byte, 11)
		for j := range code {
			code[j] = shortcodeAlphabet[d.IntN(len(shortcodeAlphabet))]
		}
		kind, path := "IMAGE", "p"
		switch d.IntN(4) {
		case 0:
			kind, path = "VIDEO", "reel"
		case 1:
			kind = "CAROUSEL_ALBUM"
		}
		list[i] = ownPost{
			id:        fmt.Sprintf("18%07d%08d", d.IntN(10_000_000), i*7919+d.IntN(7919)),
			kind:      kind,
			caption:   caption(d),
			permalink: "https://www.instagram.com/" + path + "/" + string(code) + "/",
			at:        at.Truncate(time.Second),
		}
	}
	return list
}

func caption(d *rand.Rand) string {
	x := exchange{product: pick(d, products), city: pick(d, cities), day: pick(d, days)}
	return x.fill(pick(d, captions))
}

const shortcodeAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
