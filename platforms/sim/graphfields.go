package sim

import (
	"errors"
	"strconv"
	"strings"
)

// This file understands the parameter "fields" of the Graph API, such as
//
//	id,updated_time,messages.limit(20){id,from}
//
// and cuts a value down to what is asked for.

// field is one name in it, with what is asked of it.
type field struct {
	name  string
	limit int // 0: not said
	after string
	sub   []field // nil: what is told without being asked
}

const (
	maxFieldDepth = 5
	maxFields     = 100
)

var errFields = errors.New("not a list of fields")

// parseFields reads the parameter; an empty one is no fields.
func parseFields(text string) ([]field, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := fieldParser{rest: text}
	fields, err := p.list(0)
	if err == nil && p.rest != "" {
		err = errFields
	}
	return fields, err
}

type fieldParser struct {
	rest  string
	count int
}

func (p *fieldParser) list(depth int) ([]field, error) {
	if depth >= maxFieldDepth {
		return nil, errFields
	}
	var fields []field
	for {
		f, err := p.field(depth)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
		if !p.take(",") {
			return fields, nil
		}
	}
}

func (p *fieldParser) field(depth int) (field, error) {
	f := field{name: p.word()}
	if p.count++; f.name == "" || p.count > maxFields {
		return f, errFields
	}
	for p.take(".") {
		if err := p.modifier(&f); err != nil {
			return f, err
		}
	}
	if !p.take("{") {
		return f, nil
	}
	sub, err := p.list(depth + 1)
	if err == nil && !p.take("}") {
		err = errFields
	}
	f.sub = sub
	return f, err
}

// modifier is limit(5) or after(CURSOR).
func (p *fieldParser) modifier(f *field) error {
	name := p.word()
	if !p.take("(") {
		return errFields
	}
	value, rest, ok := strings.Cut(p.rest, ")")
	if !ok {
		return errFields
	}
	p.rest = rest
	switch name {
	case "limit":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return errFields
		}
		f.limit = n
		return nil
	case "after":
		f.after = value
		return nil
	}
	return errFields
}

// word takes a name.
func (p *fieldParser) word() string {
	p.rest = strings.TrimLeft(p.rest, " \n")
	end := strings.IndexFunc(p.rest, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end:], " \n")
	return word
}

func (p *fieldParser) take(sign string) bool {
	rest, ok := strings.CutPrefix(p.rest, sign)
	if ok {
		p.rest = strings.TrimLeft(rest, " \n")
	}
	return ok
}

// writeFields is the parameter that parseFields reads.
func writeFields(fields []field) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.name
		if f.limit > 0 {
			list[i] += ".limit(" + strconv.Itoa(f.limit) + ")"
		}
		if f.after != "" {
			list[i] += ".after(" + f.after + ")"
		}
		if f.sub != nil {
			list[i] += "{" + writeFields(f.sub) + "}"
		}
	}
	return strings.Join(list, ",")
}

// cut keeps of a value what is asked for; the id always stays. The elements of
// an edge are cut one by one.
func cut(v any, fields []field) any {
	if fields == nil {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = cut(element, fields)
		}
		return out
	case map[string]any:
		if data, ok := v["data"].([]any); ok {
			return map[string]any{"data": cut(data, fields)}
		}
		return cutObject(v, fields)
	}
	return v
}

func cutObject(v map[string]any, fields []field) map[string]any {
	out := map[string]any{}
	if id, ok := v["id"]; ok {
		out["id"] = id
	}
	for _, f := range fields {
		if value, ok := v[f.name]; ok {
			out[f.name] = cut(value, f.sub)
		}
	}
	return out
}
