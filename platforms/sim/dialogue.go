package sim

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/inbox"
)

// A customer's answers come from rules: what the shop said is searched for
// words, and the rule with the most of them speaks. What an exchange is about
// (order, size, city, day) stays the same as long as it lasts, nobody says the
// same sentence twice, and a question is answered before anything else is said.

// rule is how a customer takes something.
type rule struct {
	name  string
	words []string // stems, lower case
	lines []string
	shows bool // the answer comes with a picture
	ends  bool // afterwards the matter is settled
}

var rules = []rule{
	{name: "asks for the order", words: []string{"order number", "order no", "which order", "number of your order", "order id", "reference"}, lines: []string{
		"it's {order}", "Order {order}, from {day}.", "{order} (found it in the mail, sorry)", "The mail says {order}. Is that the one?"}},
	{name: "asks for more", words: []string{"should know", "tell me more", "more detail", "what happened", "what is wrong", "what's wrong", "describe", "how can i help", "how can we help", "what can i do", "what is it about"}, lines: []string{
		"It's {order}, and I need it in {city} by {day}.", "Not much more to say: {product} isn't what I ordered, I wanted size {size}.", "Only that it's a present, so please no prices in the box.", "I wrote to you last week too, but got no answer. Order {order}."}},
	{name: "asks for a picture", words: []string{"photo", "picture", "image", "pic", "screenshot", "show"}, shows: true, lines: []string{
		"", "here you go", "Best I can do in this light:", "Like this, see the corner?"}},
	{name: "asks for the size", words: []string{"which size", "what size", "size", "measure", "fit"}, lines: []string{
		"{size} normally", "{size}, sometimes a bit larger in coats.", "{size} please. Or do they come out small?"}},
	{name: "asks for the address", words: []string{"address", "where should", "postcode", "zip", "deliver to", "ship to", "street"}, lines: []string{
		"14 Ferry Lane, {city}", "Same as on the order: {city}, 88 Orchard Street.", "To my work please: 3 Mill Yard, {city}. They close at five."}},
	{name: "asks for mail or phone", words: []string{"email", "e-mail", "phone", "number to call", "call you"}, lines: []string{
		"the same mail as on {order}", "I'd rather keep it here if that's ok", "You have my mail from the order, no?"}},
	{name: "asks which colour", words: []string{"colour", "color", "which one", "shade"}, lines: []string{
		"the green one", "Moss, if there is any left. Otherwise the grey.", "Whichever is closest to the picture on your page"}},
	{name: "offers a choice", words: []string{"would you like", "would you prefer", "prefer", "either", "refund or", "or a refund", "or your money", "exchange or"}, lines: []string{
		"A new one please, if it isn't too much trouble", "Refund please, I found another in the meantime", "Hm. What's quicker?", "Exchange for a {size} would be perfect"}},
	{name: "gives money back", words: []string{"refund", "money back", "credited", "reimburse"}, ends: true, lines: []string{
		"To the same card?", "Great. How long does the bank take, usually?", "That's fair, thank you", "OK! I'll keep an eye on my account."}},
	{name: "sends a label", words: []string{"label", "return it", "send it back", "return form", "drop it off"}, lines: []string{
		"Got the label. Can I drop it at any post office?", "Do I need the original box? The dog had a go at it.", "ok, will post it {day}", "Is there a fee for that?"}},
	{name: "gives a time", words: []string{"tomorrow", "today", "monday", "tuesday", "wednesday", "thursday", "friday", "next week", "days", "hours", "by the end"}, lines: []string{
		"That works, I'm home {day} anyway", "Oh, that soon! Will there be a text before?", "Hmm, I leave {day}. Could a neighbour take it?", "Okay, I can wait that long 🙂"}},
	{name: "names a price", words: []string{"price", "costs", "€", "£", "$", "discount", "code", "free of charge", "no extra"}, lines: []string{
		"That's alright. Does it include delivery to {city}?", "Oh nice, thank you! Where do I enter it?", "bit more than I thought, let me sleep on it"}},
	{name: "has shipped it", words: []string{"tracking", "shipped", "dispatched", "on its way", "courier", "depot", "parcel", "package", "delivery"}, lines: []string{
		"Thanks, the tracking works now!", "And if nobody is home?", "It says {city} since {day}, is that normal?", "Wonderful. Does somebody have to sign?"}},
	{name: "has it in stock", words: []string{"in stock", "available", "reserve", "put one aside", "restock", "left in", "back in"}, lines: []string{
		"Yes please, one in {size}!", "Oh brilliant. How do I pay?", "Could you keep it until {day}? That's when I get paid 😅", "And {other} as well, please"}},
	{name: "has it not", words: []string{"sold out", "out of stock", "no longer", "discontinued", "unfortunately", "not available"}, lines: []string{
		"Oh no 😢 Will it come back?", "That's a pity. Is there anything like it?", "Ah well. Could you tell me when there's news?"}},
	{name: "is sorry", words: []string{"sorry", "apolog", "our fault", "mistake", "inconvenience"}, lines: []string{
		"No worries, these things happen", "It's alright, as long as it gets sorted", "Thanks for saying that. So what happens now?"}},
	{name: "will look", words: []string{"let me check", "look into", "looking into", "looking at", "checking", "i will check", "i'll check", "one moment", "moment please", "check with", "find out", "get back to you", "chase"}, lines: []string{
		"Sure, take your time", "ok, waiting 🙂", "Thanks! I'm here until six."}},
	{name: "has done it", words: []string{"done", "changed", "updated", "sorted", "confirmed", "all set", "cancelled", "canceled"}, ends: true, lines: []string{
		"That was quick, thank you!", "Perfect 🙌", "You're a star. Do I get a mail about it?"}},
	{name: "asks whether that is all", words: []string{"anything else", "is there more", "help you with", "all for today"}, ends: true, lines: []string{
		"No, that's all. Thank you!", "One thing: do you do gift wrapping?", "All good, have a nice day"}},
	{name: "says thanks or goodbye", words: []string{"thank", "welcome", "pleasure", "have a", "bye", "take care", "enjoy", "happy to"}, ends: true, lines: []string{
		"You too!", "Bye, and thanks again", "☺️"}},
	{name: "says hello", words: []string{"hello", "hi ", "hi!", "hey", "good morning", "good afternoon", "dear"}, lines: []string{
		"Hi! So, about {order}: it still isn't here.", "Hello, nice that somebody is there. It's about {product}, I'd need it in {size}.", "Hey! Can {product} be sent to {city}?"}},
}

var (
	questionLines = []string{"Good question, I'd have to look. {day} at the latest?", "I think so, yes", "No, I don't think so", "Hm, not sure. What would you do?", "Yes please", "Is that something I need to decide now?"}
	vagueLines    = []string{"ok", "Right. And what happens next?", "Alright, thanks for telling me", "Sorry, I don't quite follow, which order is this about?", "Okay! {product} then.", "I see. Let me know about {order} please."}
	mediaLines    = []string{"Oh that's a lovely picture", "Yes! Exactly that one", "Thanks, now I see what you mean", "Hm, mine looks different: the strap is on the other side"}
	settledEmoji  = []string{"👍", "❤️", "🙏", "😊"}
)

// converse decides what a customer says to the shop's words, and with which
// emoji they react.
func (w *world) converse(c *conversation, heard []string, media bool) (says []utterance, emoji string) {
	text := strings.ToLower(strings.Join(heard, " "))
	wordless := strings.IndexFunc(text, isWordy) < 0
	r := w.understand(text)
	if wordless && !media || c.settled && r.ends {
		return nil, pick(w.rng, settledEmoji) // a thumb is how people end it
	}
	c.settled = r.ends
	if media && (wordless || chance(w.rng, 70)) {
		r.lines = mediaLines
	}
	u := say(w.inTheirWay(c, r, c.now().fill(w.unsaid(c, r.lines))))
	if r.shows {
		u.attachments = []Attachment{picture(w.rng)}
	}
	says = append(says, u)
	if !r.ends && chance(w.rng, 18) {
		says = append(says, w.afterthought(c))
	}
	if chance(w.rng, 20) {
		emoji = pick(w.rng, reactionEmoji)
	}
	return says, emoji
}

func isWordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// understand finds the rule that fits best. Without one, a question gets an
// answer of sorts, and anything else a polite noise.
func (w *world) understand(text string) rule {
	best, most := rule{}, 0
	for _, r := range rules {
		if n := r.hits(text); n > most {
			best, most = r, n
		}
	}
	switch {
	case most > 0:
		return best
	case strings.ContainsRune(text, '?'):
		return rule{lines: questionLines}
	}
	return rule{lines: vagueLines}
}

// hits counts the rule's words in the text. A longer phrase weighs more, and so
// does a question's word when there is a question.
func (r rule) hits(text string) int {
	n := 0
	for _, word := range r.words {
		if strings.Contains(text, word) {
			n += 1 + strings.Count(word, " ")
		}
	}
	if n > 0 && strings.HasPrefix(r.name, "asks") && strings.ContainsRune(text, '?') {
		n++
	}
	return n
}

// unsaid picks a line that this customer has not used lately.
func (w *world) unsaid(c *conversation, lines []string) string {
	fresh := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(c.said, l) })
	if len(fresh) == 0 {
		c.said = slices.DeleteFunc(c.said, func(l string) bool { return slices.Contains(lines, l) })
		fresh = lines
	}
	line := pick(w.rng, fresh)
	c.said = append(c.said, line)
	return line
}

// inTheirWay lets a customer thank in their own language.
func (w *world) inTheirWay(c *conversation, r rule, line string) string {
	book, ok := phraseBooks[c.mood.language]
	if !ok {
		return line
	}
	if r.ends {
		return c.now().fill(pick(w.rng, book.thanks))
	}
	if chance(w.rng, 35) {
		return line + " " + c.now().fill(pick(w.rng, book.follow))
	}
	return line
}

func (w *world) afterthought(c *conversation) utterance {
	if c.platform != inbox.Twitter && chance(w.rng, 25) {
		return utterance{attachments: []Attachment{voice(w.rng)}}
	}
	return say(c.now().fill(w.unsaid(c, []string{
		"Oh, and is {other} coming back?", "(sorry, typing with one hand, baby in the other)",
		"PS: love the new shop window", "And could you leave out the paper invoice?", "btw it's for {city}",
	})))
}

// now is what the present exchange is about.
func (c *conversation) now() exchange {
	if c.history == 0 {
		return c.facts(c.matter)
	}
	block, _ := c.turn(c.history - 1)
	return c.facts(block + c.matter)
}

// opening is the first message about something.
func (w *world) opening(c *conversation) utterance {
	return w.scripted(c, turnOpen)
}

// hasMore tells whether a customer would write now without having been asked.
func (c *conversation) hasMore(now time.Time) bool {
	quietFor := now.UnixMilli() - c.lastActivity
	switch {
	case !c.talks() || quietFor > recent.Milliseconds():
		return false
	case c.streak >= patience:
		return quietFor > int64(c.streak)*weary.Milliseconds()
	case c.streak == 0:
		return quietFor > pause.Milliseconds()
	}
	return c.step < turnFollow || quietFor > chaseAfter.Milliseconds()
}

// couldWrite tells the same of a dull moment: who was answered may come back
// with something else, also after days, and who was not gets impatient sooner.
func (c *conversation) couldWrite(now time.Time) bool {
	quietFor := now.UnixMilli() - c.lastActivity
	if !c.talks() || quietFor < chaseAfter.Milliseconds() {
		return false
	}
	return c.streak == 0 || (c.streak < 2*patience && quietFor < recent.Milliseconds())
}

// talks tells whether the customer ever writes by themselves.
func (c *conversation) talks() bool { return !c.mood.silent && !c.busy && c.lastReceived != 0 }

// goOn is what they write then: more about what they wait for, in the end
// whether anybody is there; and once that was answered, something new.
func (w *world) goOn(c *conversation) utterance {
	switch {
	case c.streak == 0:
		c.matter++
		c.settled = false
		return w.opening(c)
	case c.step < turnFollow:
		return w.scripted(c, c.step+2)
	}
	return w.chase(c)
}

// scripted is a turn of the exchange's script, or, where that was said lately,
// another wording of it.
func (w *world) scripted(c *conversation, turn int32) utterance {
	c.step = turn
	x := c.now()
	lines := c.wordings(x, turn)
	if own := x.choose(lines); !slices.Contains(c.said, own) {
		lines = []string{own}
	}
	u := say(x.fill(w.unsaid(c, lines)))
	if chance(w.rng, dressed) {
		u = dress(c.platform, u, turn, w.rng)
	}
	return u
}

var chaseLines = []string{"Hello?", "Is anybody there?", "??", "Any news on {order}?", "I'll just try again: it's about {product}.", "Sorry to nag 🙈"}

func (w *world) chase(c *conversation) utterance {
	lines := chaseLines
	if book, ok := phraseBooks[c.mood.language]; ok {
		lines = book.chase
	}
	return say(c.now().fill(w.unsaid(c, lines)))
}
