package attack

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// HTML tells what a page of the grader's holds that none of its templates writes: elements,
// attributes or addresses that only a learner's text can have brought in.
func HTML(page string) (troubles []string) {
	for _, name := range []string{"style", "script"} {
		open, end := "<"+name+">", "</"+name+">"
		if strings.Count(page, open) != 1 || strings.Count(page, end) != 1 {
			troubles = append(troubles, "not one "+name)
			continue
		}
		from := strings.Index(page, open)
		page = page[:from] + page[strings.Index(page, end)+len(end):]
	}
	for at := strings.IndexByte(page, '<'); at >= 0; at = strings.IndexByte(page, '<') {
		tag := element.FindString(page[at:])
		if page = page[at+max(1, len(tag)):]; tag == "" {
			troubles = append(troubles, fmt.Sprintf("no tag: %.60q", "<"+page))
			continue
		}
		troubles = append(troubles, strangeIn(tag)...)
	}
	return troubles
}

var (
	element   = regexp.MustCompile(`^<(?:!doctype html|/[a-z0-9]+|[a-z0-9]+(?: [a-zA-Z-]+(?:="[^"<>]*")?)*/?)>`)
	name      = regexp.MustCompile(`^</?([a-z0-9]+)`)
	attribute = regexp.MustCompile(` ([a-zA-Z-]+)(?:="([^"]*)")?`)
	elements  = strings.Fields(`html head meta title link body header footer main nav section h1 h2 h3 h4 p ul ol li b i span code pre
		table caption thead tbody tr th td div button kbd dl details summary a svg g rect text path polygon circle ellipse`)
	attributes = strings.Fields(`lang charset http-equiv content name rel href id class scope colspan type tabindex role width height viewBox
		hidden x y d cx cy r rx ry dy points text-anchor preserveAspectRatio`)
	address = regexp.MustCompile(`^(?:data:,|#[\w%-]*|[\w%-]+\.html)$`)
)

func strangeIn(tag string) (troubles []string) {
	if m := name.FindStringSubmatch(tag); m != nil && !slices.Contains(elements, m[1]) {
		troubles = append(troubles, "the element "+m[1])
	}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		known := strings.HasPrefix(m[1], "data-") || strings.HasPrefix(m[1], "aria-") || slices.Contains(attributes, m[1])
		if !known && tag != "<!doctype html>" || m[1] == "href" && !address.MatchString(m[2]) {
			troubles = append(troubles, "the attribute"+m[0])
		}
	}
	return troubles
}
