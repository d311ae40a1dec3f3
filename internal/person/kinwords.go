package person

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"kith/internal/fold"
)

// kinWords are what people call a relation when they look for somebody, in all languages Kith speaks: who reads German may
// still type "mum". The first word of a line is the role. What stands in a line is folded when it is read.
const kinWords = `
partner: partner partnerin partner(in) domestic-partner sweetheart lebensgefährte lebensgefährtin freund freundin boyfriend girlfriend pareja novio novia شريك شريكة パートナー 恋人
spouse: spouse ehepartner gatte gattin cónyuge esposo esposa زوج زوجة 配偶者
wife: wife frau ehefrau gattin esposa mujer زوجة 妻 奥さん
husband: husband mann ehemann gatte esposo marido زوج 夫 旦那
ex-partner: ex ex-partner ex-wife ex-husband ex-frau ex-mann expareja 元妻 元夫
parent: parent parents eltern elternteil padres والدان والدين 親 両親
mother: mother mum mom mam mummy mommy mama ma mutter mutti mami madre mamá ام امي والدة والدتي ماما 母 お母さん 母親 ママ
father: father dad daddy papa pa vater vati papi padre papá اب ابي والد والدي بابا 父 お父さん 父親 パパ
child: child children kid kids kind kinder hijos اولاد طفل 子 子供 子ども
daughter: daughter tochter hija ابنة بنت 娘
son: son sohn hijo ابن 息子
sibling: sibling siblings geschwister hermanos اخوة اشقاء きょうだい 兄弟姉妹
sister: sister sis schwester hermana اخت 姉 妹 姉妹
brother: brother bro bruder hermano اخ 兄 弟 兄弟
grandparent: grandparent grandparents grosseltern abuelos اجداد 祖父母
grandmother: grandmother grandma granny gran nan nana oma omi grossmutter abuela abuelita yaya جدة تيتا 祖母 おばあさん おばあちゃん
grandfather: grandfather grandpa grandad granddad gramps opa opi grossvater abuelo جد جدو 祖父 おじいさん おじいちゃん
grandchild: grandchild grandson granddaughter enkel enkelin enkelkind nieto nieta حفيد حفيدة 孫
aunt: aunt auntie aunty tante tía عمة خالة おば おばさん 叔母 伯母
uncle: uncle onkel tío عم خال おじ おじさん 叔父 伯父
niece: niece nichte sobrina 姪
nephew: nephew neffe sobrino 甥
cousin: cousin cousine kusine base vetter primo prima いとこ
godparent: godparent godmother godfather pate patin patentante patenonkel madrina padrino عراب عرابة 名づけ親
godchild: godchild godson goddaughter patenkind ahijado ahijada 名づけ子
relative: relative relatives kin verwandt verwandte familiar pariente قريب قريبة 親戚
friend: friend freund freundin befreundet amigo amiga amistad صديق صديقة 友人 友達 友だち
neighbour: neighbour neighbor nachbar nachbarin vecino vecina جار جارة 近所 隣人
flatmate: flatmate co-resident roommate housemate mitbewohner mitbewohnerin compañero compañera 同居人 ルームメイト
colleague: colleague coworker co-worker kollege kollegin colega زميل زميلة 同僚
manager: manager boss chef chefin vorgesetzte vorgesetzter führungskraft jefe jefa مدير مديرة رئيس 上司 ボス
report: report mitarbeiter mitarbeiterin empleado empleada موظف موظفة 部下
mentor: mentor mentorin mentora مرشد مرشدة 師 メンター
mentee: mentee discípulo discípula 教え子
teacher: teacher lehrer lehrerin lehrkraft maestro maestra profesor profesora docente معلم معلمة 先生
student: student pupil schüler schülerin alumno alumna estudiante طالب طالبة 生徒 学生
carer: carer caregiver pfleger pflegerin pflegende cuidador cuidadora راع 介護者
cared for: gepflegte 世話を受ける人
`

// wider is the role that a role is a kind of.
var wider = map[string]string{ //nolint:gochecknoglobals // data
	"mother": "parent", "father": "parent", "daughter": "child", "son": "child", "sister": "sibling", "brother": "sibling",
	"grandmother": "grandparent", "grandfather": "grandparent", "aunt": "aunt or uncle", "uncle": "aunt or uncle",
	"niece": "niece or nephew", "nephew": "niece or nephew", "wife": "spouse", "husband": "spouse", "spouse": "partner",
}

// kin is one role with the words for it.
type kin struct {
	role  string
	words []string // folded
}

var allKin = sync.OnceValue(func() []kin { //nolint:gochecknoglobals // made of data, when somebody is first looked for
	var list []kin
	for l := range strings.Lines(strings.TrimSpace(kinWords)) {
		role, called, _ := strings.Cut(strings.TrimSpace(l), ": ")
		list = append(list, kin{role, strings.Fields(fold.Fold(called))})
	}
	return list
})

// smallWords stand between a relation and a name, or before a relation: "the father of Ida", "mi madre".
var smallWords = strings.Fields("of the my a von vom der die das des mein meine meiner de del la el los las mi mis su 私の") //nolint:gochecknoglobals // data

// meanings are the roles a word of a relation stands for: itself, and what an own word is commonly called.
func meanings(stored string) []string {
	list := []string{stored}
	if Inverse(stored) == "" {
		called := strings.Join(strings.Fields(fold.Fold(stored)), "-")
		for _, k := range allKin() {
			if slices.Contains(k.words, called) {
				list = append(list, k.role)
			}
		}
	}
	return list
}

// RoleCalled is the role that a word means, in any language Kith speaks, or empty when that is nobody's but its owner's. Of a
// word for several it is the last: a Freund is a friend, and a Frau is a wife.
func RoleCalled(word string) string {
	all := meanings(strings.ToLower(strings.TrimSpace(word)))
	if role := all[len(all)-1]; Inverse(role) != "" {
		return role
	}
	return ""
}

// rolesCalled are the roles a word means, and the other words for just these when the word was written to its end.
func rolesCalled(word string) (roles, same []string) {
	for _, k := range allKin() {
		whole := slices.Contains(k.words, word)
		begun := utf8.RuneCountInString(word) >= 3 && slices.ContainsFunc(k.words, func(w string) bool { return strings.HasPrefix(w, word) })
		if whole {
			same = append(same, k.words...)
		}
		if whole || begun {
			roles = append(roles, k.role)
		}
	}
	return roles, same
}

// isA reports whether one who is kept as role may be meant by somebody who looks for wanted: a parent may be the mother,
// and a mother is a parent.
func isA(role, wanted string) bool {
	for r := role; r != ""; r = wider[r] {
		if r == wanted {
			return true
		}
	}
	for w := wanted; w != ""; w = wider[w] {
		if w == role {
			return true
		}
	}
	return false
}
