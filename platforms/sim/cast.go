package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// This file has the demo's customers.

// role is a conversation at the start: who, where, and how it stands.
type role struct {
	platform inbox.Platform
	person   Person
	lastAgo  time.Duration // since the newest message
	endTurn  int           // the turn of the script that it is; even: the customer's, so unanswered
	messages int
	archived bool
	mood     mood
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// cast are the demo's conversations. Between them every phase of every window
// is there: minutes left, hours, days, late (Facebook, human agents only),
// closed, none (X); and the customers that a screen has to survive.
var cast = []role{
	{inbox.Instagram, Person{"Maya Lindqvist", "maya.makes", ""}, 4 * time.Minute, turnOpen, 9, false, mood{reads: true}},
	{inbox.Facebook, Person{"Tom Ashworth", "", ""}, 23*time.Hour + 38*time.Minute, turnDetail, 7, false, mood{reads: true}},
	{inbox.Twitter, Person{"Priya R.", "priya_runs", ""}, 11 * time.Minute, turnOpen, 5, false, mood{}},
	{inbox.Instagram, Person{"さくら 渡辺", "sakura.w", ""}, 6*day + 23*time.Hour + 12*time.Minute, turnFollow, 13, false, mood{language: japanese, reads: true}},
	{inbox.Facebook, Person{"Ольга Лебедева", "", ""}, 22*time.Hour + 5*time.Minute, turnOpen, 3, false, mood{language: russian}},
	{inbox.Facebook, Person{"Grace Okafor", "", ""}, 35 * time.Minute, turnFollow, 14, false, mood{reads: true}},
	{inbox.Instagram, Person{"ليلى الخطيب", "layla.kh", ""}, 2*time.Hour + 10*time.Minute, turnDetail, 7, false, mood{language: arabic, reads: true}},
	{inbox.Twitter, Person{"", "moss_and_kite", ""}, 52 * time.Minute, turnFollow, 8, false, mood{}},
	{inbox.Facebook, Person{"Jürgen Weiß", "", ""}, 31 * time.Hour, turnFollow, 6, false, mood{language: german, reads: true}},
	{inbox.Instagram, Person{"Zoë 🌿✨", "zoe.grows", ""}, 18 * time.Minute, turnThanks, 16, false, mood{reads: true, last: &utterance{text: "😍😍😍"}}},
	{inbox.Facebook, Person{"नीरज कुलकर्णी", "", ""}, 3 * time.Hour, turnOpen, 5, false, mood{language: hindi}},
	{inbox.Instagram, Person{"Björn Åkesson", "bjorn.a", ""}, 5*day + 9*time.Hour, turnOpen, 4, false, mood{}},
	{inbox.Facebook, Person{"Edith Pemberton-Featherstonehaugh of the Lower Marsh Knitting Circle and Reading Group (Tuesdays, bring a cushion)", "", ""}, 6*day + 23*time.Hour + 25*time.Minute, turnDetail, 11, false, mood{reads: true}},
	{inbox.Twitter, Person{"Wendell \U0001f469\u200d\U0001f52c Price", "wendellprice", ""}, 5 * time.Hour, turnDetail, 9, false, mood{}},
	{inbox.Instagram, Person{"נועה ברק", "noa.b", ""}, 26 * time.Hour, turnFollow, 7, false, mood{language: hebrew, reads: true}},
	{inbox.Facebook, Person{"Rory Calloway", "", ""}, 8*day + 3*time.Hour, turnFollow, 7, false, mood{}},
	{inbox.Instagram, Person{"김하은", "haeun.k", ""}, 40 * time.Minute, turnFollow, 6, false, mood{language: korean, reads: true}},
	{inbox.Facebook, Person{"Hollis Dunmore", "", ""}, 12 * time.Minute, 7, 32, false, mood{reads: true}},
	{inbox.Instagram, Person{"", "", ""}, 9 * time.Hour, turnOpen, 1, false, mood{silent: true}},
	{inbox.Twitter, Person{"Ben & Flo", "benandflo", ""}, 26 * time.Hour, 3, 6, false, mood{}},
	{inbox.Facebook, Person{"Nguyễn Thị Ngọc Ánh", "", ""}, 4 * day, turnOpen, 3, false, mood{}},
	{inbox.Instagram, Person{"Free \x1b[31mWatches\x1b[0m", "deals4u", ""}, 3*time.Hour + 20*time.Minute, turnOpen, 2, false, mood{silent: true, last: &hostile}},
	{inbox.Instagram, Person{"陈雅婷", "yating", ""}, 75 * time.Minute, turnDetail, 5, false, mood{language: chinese, reads: true}},
	{inbox.Facebook, Person{"Callum Quigley", "", ""}, 47 * time.Minute, 1, 10, false, mood{reads: true}},
	{inbox.Twitter, Person{"Imogen", "imogen_t", ""}, 3 * day, turnThanks, 7, false, mood{}},
	{inbox.Instagram, Person{"กัญญา ศรีสุข", "kanya.s", ""}, 13 * time.Hour, turnFollow, 7, false, mood{language: thai, reads: true}},
	{inbox.Facebook, Person{"Aurélie Lefèvre", "", ""}, 18 * time.Hour, turnFollow, 5, false, mood{language: french, reads: true}},
	{inbox.Instagram, Person{"Kwame Mensah", "kwame.cooks", ""}, 2 * day, turnOpen, 3, false, mood{reads: true, last: &utterance{attachments: []Attachment{{Type: "ig_reel", URL: "https://lookaside.example/ig_messaging_cdn/?asset_id=402118833"}}}}},
	{inbox.Twitter, Person{"The Pier Café", "thepiercafe", ""}, 6 * day, 7, 22, false, mood{}},
	{inbox.Facebook, Person{"Amara Adeyemi", "", ""}, 6 * time.Hour, 5, 12, false, mood{reads: true}},
	{inbox.Instagram, Person{"Lucía Muñoz", "lucia.mz", ""}, 7 * time.Hour, turnDetail, 8, false, mood{language: spanish, reads: true, last: &utterance{text: "Mira cómo llegó 😭", attachments: []Attachment{{Type: "image", URL: "https://cdn.example/photo/5c0ffee1.jpg"}, {Type: "image", URL: "https://cdn.example/photo/5c0ffee2.jpg"}}}}},
	{inbox.Instagram, Person{"Otis", "otis.draws", ""}, 9 * day, turnOpen, 4, false, mood{}},
	{inbox.Facebook, Person{"Maeve Hartnell", "", ""}, 10 * day, 7, 8, true, mood{reads: true}},
	{inbox.Twitter, Person{"Louis 🇵🇹", "louisnorth", ""}, 12 * day, 7, 10, true, mood{}},
	{inbox.Instagram, Person{"Tess Whitlock", "tess.w", ""}, 11 * day, turnThanks, 6, true, mood{}},
	{inbox.Facebook, Person{"Femi Eze", "", ""}, 2 * day, turnFollow, 9, false, mood{reads: true, last: &utterance{attachments: []Attachment{{Type: "audio", URL: "https://cdn.example/voice/0b5e55ed.mp4"}}}}},
	{inbox.Instagram, Person{"Sören Grünwald", "soeren.g", ""}, 20 * time.Hour, 5, 6, false, mood{language: german, silent: true}},
	{inbox.Twitter, Person{"Jonah Ellery", "jellery", ""}, 9 * time.Minute, turnDetail, 3, false, mood{last: &longText}},
	{inbox.Facebook, Person{"Bryn Lockhart", "", ""}, 5 * time.Hour, 1, 1, false, mood{cold: true, silent: true}},
	{inbox.Instagram, Person{"Ada", "ada.in.linen", ""}, 65 * time.Minute, turnOpen, 1, false, mood{reads: true, last: &utterance{attachments: []Attachment{{Type: "product_template", URL: "https://shop.example/p/wren"}}}}},
}

// hostile is what somebody sends who would like to own the agent's terminal.
var hostile = utterance{text: "Hot offer!\x1b]52;c;cm0gLXJmIC8K\x07 click \x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\" +
	"\u009b2J\x1b[2J\x1b[H\x1bc\x1bP$q\x1b\\ \u202egpj.eciovni\u202c \u2066safe\u2069\r\x08\x08 or call \x1b[5;41m0800 1\x1b[0m\a"}

var longText = utterance{text: "OK, the whole story.\n\n" + strings.Join(asides, "\n\n") +
	"\n\nSo, all in all: can I swap it, please? 🙏"}

// roleOf is the part of conversation i: from the cast, else drawn.
func (w *world) roleOf(i int) role {
	if i < len(cast) {
		r := cast[i]
		if !slices.Contains(w.opts.Platforms, r.platform) {
			r.platform = w.opts.Platforms[i%len(w.opts.Platforms)]
		}
		return r
	}
	d := rand.New(rand.NewPCG(mix(w.opts.Seed, uint64(i)), 3))
	person, lang := randomPerson(d)
	return role{
		platform: w.opts.Platforms[i%len(w.opts.Platforms)],
		person:   person,
		lastAgo:  draw(d, time.Minute, w.opts.Spread),
		endTurn:  d.IntN(turnsPerTopic),
		messages: 1 + d.IntN(16),
		archived: d.IntN(40) == 0,
		mood:     mood{language: lang, reads: d.IntN(3) > 0, silent: d.IntN(6) == 0},
	}
}

// draw takes a time between the two, more often a short one.
func draw(d *rand.Rand, least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	f := d.Float64()
	return least + time.Duration(f*f*float64(most-least))
}
