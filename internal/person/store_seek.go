package person

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fold"
)

// params numbers the parameters of a statement in the order in which they first stand in it, as SQLite counts them.
type params struct{ args []any }

func (p *params) arg(v any) string {
	p.args = append(p.args, v)
	return "$" + strconv.Itoa(len(p.args))
}

func (p *params) in(list []string) string {
	marks := make([]string, len(list))
	for i, v := range list {
		marks[i] = p.arg(v)
	}
	return strings.Join(marks, ",")
}

// begins is the condition that each of some words begins a word of a column, which holds a space before each.
func (p *params) begins(column string, words []string) string {
	var all []string
	for _, w := range words {
		all = append(all, column+" LIKE "+p.arg(pattern(w))+" ESCAPE '!'")
	}
	return strings.Join(all, " AND ")
}

// pattern is what a column must be LIKE for a word of it to begin so; in a script without spaces the word may stand anywhere.
func pattern(word string) string {
	if anywhere(word) {
		return "%" + literal(word) + "%"
	}
	return "% " + literal(word) + "%"
}

// literal writes ! before a sign that LIKE reads, and that is meant itself.
func literal(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

// called is the condition for a query to be of somebody's names.
func (p *params) called(terms []term) string {
	all := []string{"TRUE"}
	for _, t := range terms {
		all = append(all, p.begins("find_fold", t.words))
	}
	return strings.Join(all, " AND ")
}

// source is a SELECT of who is found by one thing that is known about them: person, and what a Why has.
type source struct {
	by, query string
}

// kinSources say who has a role, or is the other side of one, towards somebody whose name has all of rest.
func (p *params) kinSources(used, roles []string, rest []term) []source {
	var list []source
	for _, side := range []struct {
		from, to, turned string
		is               func(role string) string
	}{
		{"person_id", "other_id", "FALSE", func(role string) string { return role }},
		{"other_id", "person_id", "TRUE", Inverse},
	} {
		kept := slices.DeleteFunc(slices.Clone(used), func(stored string) bool {
			return !slices.ContainsFunc(meanings(stored), func(role string) bool {
				is := side.is(role)
				return is != "" && slices.ContainsFunc(roles, func(wanted string) bool { return isA(is, wanted) })
			})
		})
		if len(kept) == 0 {
			continue
		}
		var q strings.Builder
		q.WriteString("SELECT k." + side.from + " AS id, k.role AS text, o.name AS other, " + side.turned + ` AS turned FROM person_relation k
			JOIN person o ON o.user_id = k.user_id AND o.id = k.` + side.to + `
			WHERE k.user_id = $1 AND k.deleted_at IS NULL AND o.deleted_at IS NULL AND k.role IN (` + p.in(kept) + ")")
		for _, t := range rest {
			q.WriteString(" AND (" + p.begins("o.find_fold", t.words) + " OR " + p.begins("o.find_fold", t.owner()) + ")")
		}
		list = append(list, source{ByRelation, q.String()})
	}
	return list
}

// sources say who is found by a term, by what.
func (p *params) sources(used []string, t sign) []source {
	from := func(by, id, text, rest string) source {
		return source{by, "SELECT " + id + " AS id, " + text + " AS text, '' AS other, FALSE AS turned FROM " + rest}
	}
	const channels = "person_channel WHERE user_id = $1 AND deleted_at IS NULL AND kind IN "
	roles := slices.Clone(t.roles)
	for _, own := range used { // a word of their owner's own
		if Inverse(own) == "" && strings.HasPrefix(fold.Fold(own), t.raw) {
			roles = append(roles, own)
		}
	}
	list := p.kinSources(used, roles, nil)
	if len(t.same) > 0 {
		var same []string
		for _, w := range t.same {
			same = append(same, "find_fold || ' ' LIKE "+p.arg("% "+literal(w)+" %")+" ESCAPE '!'")
		}
		list = append(list, from(ByAlias, "id", "name", "person WHERE user_id = $1 AND ("+strings.Join(same, " OR ")+")"))
	}
	begins := func(column string) string { return p.begins(column, t.words) }
	list = append(list,
		from(ByAlias, "keep", "gone_name", "person_merge WHERE user_id = $1 AND undone_at IS NULL AND "+begins("' ' || gone_fold")),
		from(ByGroup, "m.person_id", "g.name", `person_group g JOIN person_group_member m ON m.user_id = g.user_id AND m.group_id = g.id
			WHERE g.user_id = $1 AND g.deleted_at IS NULL AND `+begins("' ' || g.name_fold")),
		from(ByChannel, "person_id", "value", channels+"('address') AND "+begins("' ' || norm")),
		from(ByChannel, "person_id", "value", channels+"('email', 'url', 'telegram') AND "+p.reached(t.raw)),
		from(ByFact, "person_id", "text", "person_fact WHERE user_id = $1 AND deleted_at IS NULL AND private = FALSE AND "+begins("text_fold")),
	)
	if t.phone != "" {
		list = append(list, from(ByChannel, "person_id", "value", channels+"('phone', 'whatsapp', 'signal') AND norm LIKE "+p.arg("%"+t.phone+"%")))
	}
	if strings.Trim(t.raw, "abcdefghijklmnopqrstuvwxyz_") == "" { // zones are named in these
		like := func(before string) string {
			return "LOWER(zone) LIKE " + p.arg("%"+before+literal(t.raw)+"%") + " ESCAPE '!'"
		}
		list = append(list, from(ByPlace, "id", "zone", "person WHERE user_id = $1 AND ("+like("/")+" OR "+like("!_")+")"))
	}
	return list
}

// reached is the condition for an address on the net, or its host, to begin so; a word with a dot may stand anywhere in it.
func (p *params) reached(raw string) string {
	like := func(pattern string) string { return "norm LIKE " + p.arg(pattern) + " ESCAPE '!'" }
	if strings.ContainsAny(raw, ".@") {
		return like("%" + literal(raw) + "%")
	}
	return "(" + like(literal(raw)+"%") + " OR " + like("%@"+literal(raw)+"%") + ")"
}

// known is the condition for a query to be answered by what is known about somebody: each term is of a name or of
// something else, or one is a role and the others name whose.
func (p *params) known(used []string, s sought) string {
	among := func(list []source) (ids []string) {
		for _, src := range list {
			ids = append(ids, "id IN (SELECT s.id FROM ("+src.query+") s)")
		}
		return ids
	}
	var each []string
	for _, t := range s.terms {
		called := p.begins("find_fold", t.words)
		each = append(each, "("+strings.Join(append([]string{called}, among(p.sources(used, t))...), " OR ")+")")
	}
	ways := []string{"(" + strings.Join(each, " AND ") + ")"}
	if s.kin() {
		ways = append(ways, among(p.kinSources(used, s.roles, s.rest))...)
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// usedRoles are the words for relations an account has.
func usedRoles(ctx context.Context, r db.Reader, by account.ID) ([]string, error) {
	return db.All(ctx, r, db.Value[string], "SELECT DISTINCT role FROM person_relation WHERE user_id = $1 AND deleted_at IS NULL", string(by))
}

// why says what each of some people was found by, the most telling first: who they are to whom, before a word in a note.
func why(ctx context.Context, r db.Reader, by account.ID, used []string, s sought, ids []string) (map[string]Why, error) {
	found := map[string]Why{}
	if len(ids) == 0 {
		return found, nil
	}
	p := params{args: []any{string(by)}}
	them := p.in(ids)
	var parts []string
	add := func(rank string, list []source) {
		for _, src := range list {
			parts = append(parts, "SELECT s.id, s.text, s.other, s.turned, '"+src.by+"' AS found, "+rank+" AS place FROM ("+src.query+") s")
		}
	}
	if s.kin() {
		add("0", p.kinSources(used, s.roles, s.rest))
	}
	for _, t := range s.terms {
		add("1", p.sources(used, t))
	}
	if len(parts) == 0 {
		return found, nil
	}
	type row struct {
		id     string
		turned bool
		Why
	}
	return found, db.Each(ctx, r, func(sc db.Scanner) (v row, err error) {
		err = sc.Scan(&v.id, &v.Text, &v.With, &v.turned, &v.By)
		return v, err
	}, func(v row) error {
		if _, ok := found[v.id]; ok {
			return nil
		}
		if v.turned { // whose daughter Ida is, is her parent
			v.Text = Inverse(RoleCalled(v.Text))
		}
		found[v.id] = v.Why
		return nil
	}, "SELECT i.id, u.text, u.other, u.turned, u.found FROM (SELECT id FROM person WHERE user_id = $1 AND id IN ("+them+")) i JOIN ("+
		strings.Join(parts, " UNION ALL ")+`) u ON u.id = i.id ORDER BY u.place,
		CASE u.found WHEN 'relation' THEN 0 WHEN 'name' THEN 1 WHEN 'group' THEN 2 WHEN 'channel' THEN 3 WHEN 'place' THEN 4 ELSE 5 END, u.text`, p.args...)
}
