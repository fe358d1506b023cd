package sim

import (
	"fmt"
	"math/rand/v2"

	"parley/inbox"
)

// This file makes people: their names, in many scripts, and how little of them a
// platform sometimes tells.

// Person is a customer as the platform shows them. Any field may be empty: some
// people have a username only, some nothing but an id.
type Person struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
	Picture  string `json:"picture,omitempty"`
}

// shopName is the business whose customers write.
const (
	shopName     = "Marlow & Finch"
	shopUsername = "marlowandfinch"
)

// pageID is the business's own id on a platform.
func pageID(p inbox.Platform) string {
	switch p {
	case inbox.Facebook:
		return "106638140052329"
	case inbox.Instagram:
		return "17841400008460056"
	}
	return "1187260034211840001"
}

// personOf is the customer of a conversation.
func (w *world) personOf(c *conversation) Person {
	if c.person != nil {
		return *c.person
	}
	p := w.roleOf(int(c.index)).person
	if p.Name != "" && p.Username == "" && w.opts.Face != FaceAyrshare && c.platform == inbox.Instagram {
		p.Username = fmt.Sprintf("ig_%06d", c.seed%1_000_000) // everybody on Instagram has one
	}
	if p.Name != "" || p.Username != "" {
		p.Picture = fmt.Sprintf("https://cdn.example/avatar/%016x.jpg", c.seed)
	}
	return p
}

// randomPerson draws a name and the language that its bearer writes.
func randomPerson(d *rand.Rand) (Person, language) {
	pool := namePools[d.IntN(len(namePools))]
	first, last := pick(d, pool.first), pick(d, pool.last)
	name := first + pool.between + last
	if pool.lastFirst {
		name = last + pool.between + first
	}
	user := fmt.Sprintf("%s%s%d", pick(d, userWords), pick(d, userWords), d.IntN(90)+10)
	switch d.IntN(12) {
	case 0:
		return Person{Username: user}, pool.language
	case 1:
		return Person{Name: first + " " + pick(d, nameEmoji), Username: user}, pool.language
	}
	return Person{Name: name, Username: user}, pool.language
}

// namePool makes names of one kind.
type namePool struct {
	language  language
	first     []string
	last      []string
	between   string
	lastFirst bool
}

var namePools = []namePool{
	{english, []string{"Ada", "Bryn", "Callum", "Edith", "Grace", "Hollis", "Imogen", "Jonah", "Maeve", "Priya", "Rory", "Tess"}, []string{"Ashworth", "Calloway", "Dunmore", "Ellery", "Hartnell", "Lockhart", "Okafor", "Pemberton", "Quigley", "Whitlock"}, " ", false},
	{english, []string{"Amara", "Chidi", "Femi", "Kwame", "Ngozi", "Thandi", "Zola"}, []string{"Adeyemi", "Boateng", "Dlamini", "Eze", "Mensah", "Nkosi"}, " ", false},
	{spanish, []string{"Álvaro", "Begoña", "Iñaki", "Lucía", "Martín", "Noemí", "Raúl"}, []string{"Gutiérrez", "Ibáñez", "Muñoz", "Peña", "Quiñones", "Sáenz"}, " ", false},
	{french, []string{"Aurélie", "Benoît", "Chloé", "Gaël", "Jérôme", "Maëlle", "Noé"}, []string{"Besançon", "Delaçroix", "Fréchette", "Lefèvre", "Mélançon"}, " ", false},
	{german, []string{"Anneliese", "Bärbel", "Götz", "Jürgen", "Käthe", "Sören"}, []string{"Bäumer", "Grünwald", "Köhler", "Süßkind", "Weiß"}, " ", false},
	{german, []string{"Åse", "Bjørn", "Łukasz", "Zoë", "Şebnem", "Đorđe", "Ngọc"}, []string{"Håkansson", "Øvergård", "Wójcik", "Černý", "Yıldız", "Nguyễn"}, " ", false},
	{russian, []string{"Алиса", "Борис", "Вера", "Глеб", "Дарья", "Олеся"}, []string{"Воронцова", "Зайцев", "Лебедев", "Морозова", "Щербак"}, " ", false},
	{arabic, []string{"أحمد", "ليلى", "سارة", "يوسف", "مريم"}, []string{"الخطيب", "حداد", "منصور", "النجار"}, " ", false},
	{hebrew, []string{"נועה", "איתן", "שירה", "יונתן"}, []string{"כהן", "לוי", "אברהמי", "ברק"}, " ", false},
	{hindi, []string{"अनन्या", "रोहन", "प्रिया", "विवेक"}, []string{"शर्मा", "त्रिपाठी", "वर्मा", "कुलकर्णी"}, " ", false},
	{thai, []string{"สมชาย", "กัญญา", "ณัฐ", "พิมพ์ชนก"}, []string{"ศรีสุข", "วงศ์ทอง", "แก้วใส"}, " ", false},
	{chinese, []string{"小雨", "志强", "雅婷", "晨曦"}, []string{"王", "陈", "林", "欧阳"}, "", true},
	{japanese, []string{"さくら", "健太", "美咲", "ひなた"}, []string{"佐藤", "高橋", "渡辺", "小林"}, " ", true},
	{korean, []string{"지우", "서연", "민준", "하은"}, []string{"김", "이", "박", "최"}, "", true},
}

var (
	userWords = []string{"sun", "moss", "paper", "kite", "otter", "north", "plum", "river", "fox", "linen", "copper", "hazel"}
	nameEmoji = []string{"🌿", "✨", "🦊", "🇵🇹", "👩‍🎨", "🧵", "☕️"}
)
